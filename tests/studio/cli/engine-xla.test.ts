/** `gradbook engine` and XLA: what is found, in which order, tried on every operation; a failed installation leaves nothing. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { installXla } from "../../../lib/engine/xla/install.ts";
import { findPlugins, xlaFolder } from "../../../lib/engine/xla/pjrt/discover.ts";
import { codeCell } from "../../../studio/document/index.ts";
import { cpuPlugin } from "../../engine/xla/plugin.ts";
import { folderWith, gradbook } from "./gradbook.ts";

const before = { ...process.env };
afterEach(() => void (process.env = { ...before }));
const newFolder = (): string => mkdtempSync(join(tmpdir(), "gradbook-xla-"));

/** A virtual environment with an empty file where a plugin would be. */
function environmentWith(...wheels: string[]): string {
  const folder = newFolder();
  for (const wheel of wheels) {
    const path = join(folder, "lib", "python3.12", "site-packages", wheel);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
  }
  return folder;
}

describe("a plugin", () => {
  test("is looked for in the named file, then in what was installed, then in the active Python", () => {
    const [cpu, cuda] = ["xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so", "jax_plugins/xla_cuda13/xla_cuda_plugin.so"]; // prettier-ignore
    delete process.env.GRADBOOK_PJRT_PLUGIN;
    process.env.GRADBOOK_CACHE = newFolder();
    process.env.VIRTUAL_ENV = environmentWith(cpu, cuda);
    expect(findPlugins().map((path) => path.endsWith(cuda))).toEqual([true, false]);
    const installed = join(xlaFolder(), "lib", "python3.12", "site-packages", cpu);
    mkdirSync(dirname(installed), { recursive: true });
    writeFileSync(installed, "");
    expect(findPlugins()[0]).toBe(installed);
    process.env.GRADBOOK_PJRT_PLUGIN = "/some/plugin.so";
    expect(findPlugins()).toEqual(["/some/plugin.so"]);
  });

  test("that pip cannot get is an error with pip's words, and nothing is left behind", () => {
    process.env.GRADBOOK_CACHE = newFolder();
    process.env.PIP_NO_INDEX = "1";
    const steps: string[] = [];
    expect(() => installXla("cpu", (step) => steps.push(step))).toThrow(
      /engine install xla: .*No matching distribution found for xla-cpu-pjrt/s,
    );
    expect(steps[1]).toContain("--no-deps xla-cpu-pjrt==0.0.1");
    expect(existsSync(xlaFolder())).toBe(false);
  });

  test.skipIf(!cpuPlugin)("is tried on every operation in a process of its own", async () => {
    const program = fileURLToPath(new URL("../../../lib/engine/xla/verify.ts", import.meta.url));
    const env = { ...process.env, GRADBOOK_PJRT_PLUGIN: cpuPlugin };
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
    expect(stdout).toMatch(/^XLA cpu \(PJRT 0\.\d+, .*\): \d\d groups of operations are right on TFRT_CPU_0/);
  });
});

describe("gradbook engine", () => {
  test("lists what is installed and how to get the rest", async () => {
    process.env.GRADBOOK_PJRT_PLUGIN = "/some/plugin.so";
    expect((await gradbook(["engine", "list"])).stdout).toMatch(/xla +\/some\/plugin\.so/);
    delete process.env.GRADBOOK_PJRT_PLUGIN;
    delete process.env.VIRTUAL_ENV;
    process.env.GRADBOOK_CACHE = newFolder();
    expect((await gradbook(["engine", "list"])).stdout).toMatch(
      /xla +not installed: gradbook engine install xla/,
    );
    expect((await gradbook(["engine", "uninstall", "xla"])).stdout).toBe("it was not installed\n");
  });

  test("refuses two devices and engines it does not know", async () => {
    const two = await gradbook(["engine", "install", "xla", "--cpu", "--tpu"]);
    expect([two.code, two.stderr]).toEqual([
      2,
      expect.stringContaining("expected one device, got --cpu --tpu"),
    ]);
    const other = await gradbook(["engine", "install", "jax"]);
    expect(other.stderr).toContain(
      "expected install or uninstall with tensorflow or xla, or list, got install jax",
    );
  });
});

test.skipIf(!cpuPlugin)("a notebook runs on XLA when GRADBOOK_ENGINE says so, unchanged", async () => {
  Object.assign(process.env, { GRADBOOK_ENGINE: "xla", GRADBOOK_PJRT_PLUGIN: cpuPlugin });
  const cells = [
    codeCell('import { engineName, engineReport, tf } from "gradbook/engine";'),
    codeCell("const product = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync();"),
    codeCell("console.log(engineName(), engineReport().devices?.platform, [...product].join());"),
  ];
  const folder = folderWith({ "one.ipynb": cells });
  const { code, stdout } = await gradbook(["run", "one.ipynb", "--verbose"], { cwd: folder });
  expect(stdout).toContain("graph/xla cpu 3,3,3,3");
  expect(code).toBe(0);
});
