/**
 * The tools that benches compare with: a Python environment in bench/.peers, outside the repository.
 *
 * `npm run bench:peers` makes it. PyTorch's wheel on PyPI is built for CUDA and does not load without its
 * NVIDIA libraries, so installing it downloads about 2.5 GB even where only the CPU is used; where a CPU-only
 * wheel can be reached, set PIP_INDEX_URL or PIP_EXTRA_INDEX_URL and pip takes that one.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fail } from "../lib/core/errors.ts";

const ENVIRONMENT = fileURLToPath(new URL(".peers/venv", import.meta.url));
const PACKAGES = ["torch", "numpy"];

/** Path of the peers' Python. @throws GradbookError when it is not installed */
export function peerPython(): string {
  const python = `${ENVIRONMENT}/bin/python`;
  if (!existsSync(python))
    fail("bench", {
      expected: "the peers' Python",
      got: `nothing at ${python}`,
      hint: "npm run bench:peers",
    });
  return python;
}

function run(command: string, args: string[]): void {
  console.log(`> ${command} ${args.join(" ")}`);
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

if (import.meta.main) {
  if (!existsSync(`${ENVIRONMENT}/bin/python`)) run("python3", ["-m", "venv", ENVIRONMENT]);
  run(peerPython(), ["-m", "pip", "install", "--disable-pip-version-check", ...PACKAGES]);
  run(peerPython(), ["-c", "import torch; print('PyTorch', torch.__version__)"]);
}
