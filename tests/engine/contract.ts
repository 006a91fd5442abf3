/**
 * The engine's contract: tests that know nothing of the engine they run on. `npx vitest run FILE` runs one on ONNX
 * Runtime; the others' tests run them all again in processes where `GRADBOOK_ENGINE` names another engine.
 *
 * Tolerances are the tests' own (`near.ts`): values and gradients within 1e-5 of PyTorch's, relative to the larger
 * of 1 and the number; slopes by finite differences within 5e-3; integers and random numbers exactly.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Fused operations, their gradients and updates: for engines that only compute. */
export const VALUES = ["ops", "descent", "attention-dropout", "quantized"];
/** What recording engines promise besides: tracing, laziness, random numbers, every tfjs kernel. */
export const RECORDING = ["compile", "lazy", "random", "rare-kernels", "layers", "memory"];

/** Run test files of this folder on an engine; the numbers of tests that passed and failed, and what was printed. */
export async function runContract(files: readonly string[], env: Record<string, string>) {
  // Engines that compile each program for longer may take longer on a busy machine.
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const paths = files.map((name) => `tests/engine/${name}.test.ts`);
  const options = { cwd: root, env: { ...process.env, GRADBOOK_THREADS: "1", ...env }, maxBuffer: 2 ** 26 };
  const ended = promisify(execFile)(
    process.execPath,
    [vitest, "run", "--testTimeout=240000", ...paths],
    options,
  );
  const { stdout } = await ended.catch((failed: { stdout: string }) => failed);
  const [, passed = 0, failed = -1] = /^(\d+) passed, (\d+) failed/m.exec(stdout) ?? [];
  return { passed: Number(passed), failed: Number(failed), stdout };
}
