/** Jupyter's own Python clients with our kernel. They live in bench/.peers/venv, made by `npm run bench:peers`. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { installKernelSpec } from "../../kernels/typescript/kernelspec.ts";
import { temporaryFolder } from "../kernels/kernel-session.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const python = path.join(
  process.env.GRADBOOK_PEERS ?? path.join(root, "bench", ".peers", "venv"),
  "bin",
  "python",
);
const here = fileURLToPath(new URL("kernel/", import.meta.url));
const PACKAGES = ["jupyter_kernel_test", "nbconvert", "papermill", "jupyter_console", "pexpect"];
const ready =
  existsSync(python) &&
  spawnSync(python, ["-c", `import ${PACKAGES.join(", ")}`], { stdio: "ignore" }).status === 0;
if (!ready) console.warn(`skipped: ${python} with ${PACKAGES.join(", ")} is not there (npm run bench:peers)`);

const prefix = temporaryFolder();
const env = {
  ...process.env,
  JUPYTER_PATH: path.join(prefix, "share", "jupyter"),
  GRADBOOK_HISTORY: ":memory:",
};
const run = (...args: string[]) =>
  spawnSync(python, args, { cwd: prefix, env, encoding: "utf8", timeout: 300_000 });

interface Notebook {
  cells: { outputs: { data: Record<string, string[]> }[] }[];
}
const lastResult = (file: string) =>
  (JSON.parse(readFileSync(file, "utf8")) as Notebook).cells.at(-1)!.outputs[0].data["text/plain"].join("");

describe.skipIf(!ready)("Jupyter's clients", () => {
  beforeAll(() => void installKernelSpec({ prefix }));

  test("jupyter_kernel_test: nothing fails and nothing is skipped", () => {
    const { stderr, status } = run(path.join(here, "protocol_test.py"));
    expect(stderr).toMatch(/Ran \d+ tests[\s\S]*\nOK\n/);
    expect(status).toBe(0);
  });

  test("nbconvert executes a notebook", () => {
    const output = path.join(prefix, "executed.ipynb");
    const notebook = path.join(here, "parameters.ipynb");
    const { stderr, status } = run(
      "-m",
      "nbconvert",
      "--execute",
      "--to",
      "notebook",
      notebook,
      "--output",
      output,
    );
    expect(status, stderr).toBe(0);
    expect(lastResult(output)).toBe("'default: 20'");
  });

  test("papermill sets parameters", () => {
    // pip builds in the folder it is given.
    const translator = path.join(prefix, "translator");
    cpSync(path.join(root, "kernels", "typescript", "papermill"), translator, { recursive: true });
    execFileSync(python, [
      "-m",
      "pip",
      "install",
      "-q",
      "--no-deps",
      "--target",
      path.join(prefix, "site"),
      translator,
    ]);
    const output = path.join(prefix, "parametrised.ipynb");
    const { stderr, status } = spawnSync(
      python,
      [
        "-m",
        "papermill",
        path.join(here, "parameters.ipynb"),
        output,
        "-p",
        "steps",
        "3",
        "-p",
        "label",
        'a "b"',
      ],
      { cwd: prefix, env: { ...env, PYTHONPATH: path.join(prefix, "site") }, encoding: "utf8" },
    );
    expect(status, stderr).toBe(0);
    expect(lastResult(output)).toBe(`'a "b": 6'`);
  });

  test("jupyter console runs, interrupts and goes on", () => {
    const { stdout, stderr } = run(path.join(here, "console_test.py"));
    expect(stdout, stderr).toContain("console ok");
  });
});
