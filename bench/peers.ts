/**
 * The tools that tests and benches compare with: a Python environment in bench/.peers, outside the repository, and
 * Deno from npm for the kernel bench.
 *
 * `npm run bench:peers` makes it with everything; `-- --for tests` leaves out what only benches need, PyTorch
 * first of all: its wheel on PyPI is built for CUDA and does not load without its NVIDIA libraries, so
 * installing it downloads about 2.5 GB even where only the CPU is used. Where a CPU-only wheel can be reached,
 * set PIP_INDEX_URL or PIP_EXTRA_INDEX_URL and pip takes that one.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fail } from "../lib/core/errors.ts";

const ENVIRONMENT = fileURLToPath(new URL(".peers/venv", import.meta.url));

const NPM = fileURLToPath(new URL(".peers/npm", import.meta.url));
const DENO = "deno@2.9.6";

/** Pinned: golden comparisons must not change because a peer did. */
const PACKAGES = {
  tests: [
    "numpy==2.4.6",
    "onnxruntime==1.32.0",
    "jupyter_kernel_test==0.7.0",
    "ipykernel==7.4.0",
    "jupyter_client==8.10.0",
    "jupyter-console==6.6.3",
    "jupyterlab==4.6.4",
    "jupyterlab_widgets==3.0.16",
    "nbconvert==7.17.2",
    "papermill==2.7.0",
    "jupytext==1.19.6",
    "tiktoken==0.14.0",
    "tokenizers==0.23.3",
    "sentencepiece==0.2.3",
    "transformers==5.23.0",
    "xla-cpu-pjrt==0.0.1",
  ],
  benches: [
    "torch==2.15.0",
    "psutil==7.2.2",
    "rustbpe==0.1.0",
    "datatrove==0.10.1",
    "spacy==3.8.18",
    "nltk==3.10.4",
    "trafilatura==2.3.1",
    "lxml_html_clean==0.4.3",
    "datasketch==2.0.0",
    "sacrebleu==2.6.0",
    "rouge-score==0.1.2",
    "scikit-learn==1.9.1",
    "jiwer==4.0.0",
    "trl==1.16.0",
    "peft==0.21.2",
    "datasets==5.2.0",
    "accelerate==1.15.0",
    "pandas==3.1.1",
    "pyarrow==26.0.1",
  ],
} as const;

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

/** Path of Deno, whose binary lies in a package of its platform. @throws GradbookError when it is not installed */
export function denoBinary(): string {
  const libc = process.platform === "linux" ? "-glibc" : "";
  const program = process.platform === "win32" ? "deno.exe" : "deno";
  const file = `${NPM}/node_modules/@deno/${process.platform}-${process.arch}${libc}/${program}`;
  if (!existsSync(file))
    fail("bench", { expected: "Deno from npm", got: `nothing at ${file}`, hint: "npm run bench:peers" });
  return file;
}

function run(command: string, args: string[]): void {
  console.log(`> ${command} ${args.join(" ")}`);
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { for: { type: "string", default: "benches" } } });
  if (values.for !== "tests" && values.for !== "benches") {
    fail("bench:peers", { expected: "--for tests or --for benches", got: values.for });
  }
  if (!existsSync(`${ENVIRONMENT}/bin/python`)) run("python3", ["-m", "venv", ENVIRONMENT]);
  const packages = values.for === "tests" ? PACKAGES.tests : [...PACKAGES.tests, ...PACKAGES.benches];
  run(peerPython(), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
  if (values.for === "benches") run("npm", ["install", "--no-save", "--silent", "--prefix", NPM, DENO]);
}
