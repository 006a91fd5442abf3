/** Asks the Python originals in bench/.peers/venv (made by `npm run bench:peers`); see reference.py. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const python = path.join(
  process.env.GRADBOOK_PEERS ?? path.join(root, "bench", ".peers", "venv"),
  "bin",
  "python",
);
const PACKAGES = ["tiktoken", "tokenizers", "sentencepiece", "transformers"];

/** Whether the originals are installed; says so when not. */
export function hasReference(): boolean {
  const ready =
    existsSync(python) &&
    spawnSync(python, ["-c", `import ${PACKAGES.join(", ")}`], { stdio: "ignore" }).status === 0;
  if (!ready)
    console.warn(`skipped: ${python} with ${PACKAGES.join(", ")} is not there (npm run bench:peers)`);
  return ready;
}

/** The answer to one job. */
export function ask<Answer>(job: { command: string } & Record<string, unknown>): Answer {
  const script = fileURLToPath(new URL("reference.py", import.meta.url));
  const output = execFileSync(python, [script], {
    input: JSON.stringify(job),
    maxBuffer: 2 ** 30,
    encoding: "utf8",
    env: { ...process.env, TOKENIZERS_PARALLELISM: "false" },
  });
  return JSON.parse(output) as Answer;
}
