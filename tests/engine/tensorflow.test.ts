/** The engine TensorFlow: what is said when it is missing, and, where it is installed, that it computes the same. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { tf, useEngine } from "../../lib/engine/index.ts";
import { findTensorflow } from "../../lib/engine/tensorflow/locate.ts";
import { runContract, VALUES } from "./contract.ts";
import { expectNear } from "./near.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const trainer = fileURLToPath(new URL("losses-on.ts", import.meta.url));

const on = (engine: string, extra: Record<string, string> = {}) => ({
  cwd: root,
  env: { ...process.env, GRADBOOK_THREADS: "1", GRADBOOK_ENGINE: engine, ...extra },
});

interface Trained {
  backend: string;
  losses: number[];
  tensors: number[];
  scores: number[][];
}

async function train(engine: string): Promise<Trained> {
  const { stdout } = await run(process.execPath, [trainer], on(engine));
  return JSON.parse(stdout) as Trained;
}

describe("an engine by name", () => {
  test("that does not exist is refused with the nearest one", () => {
    expect(() => useEngine("tensorflw")).toThrow(
      /engine: expected onnx or xla or tensorflow, got tensorflw; did you mean tensorflow\?/,
    );
    expect(tf.getBackend()).toBe("graph");
  });

  // An npm package of TensorFlow's would be found in any case.
  test.skipIf(findTensorflow() && !findTensorflow()!.folder.includes("engines"))(
    "that is not installed is an error with the command that installs it",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "gradbook-cache-"));
      try {
        const missing = run(process.execPath, [trainer], on("tensorflow", { GRADBOOK_CACHE: folder }));
        await expect(missing).rejects.toThrow(
          /engine tensorflow: expected TensorFlow's binding, got none on this machine; run: gradbook engine install tensorflow/,
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe.skipIf(!findTensorflow())("TensorFlow (after gradbook engine install tensorflow)", () => {
  test("trains a GPT with dropout and writes with a cache, with the same numbers as ONNX Runtime", async () => {
    const [ours, theirs] = [await train("onnx"), await train("tensorflow")];
    expect([ours.backend, theirs.backend]).toEqual(["graph", "tensorflow"]);
    expectNear(theirs.losses, ours.losses, 1e-4);
    expectNear(theirs.scores.flat(), ours.scores.flat(), 1e-3);
    expect(new Set(theirs.tensors).size).toBe(1);
  }, 120_000);

  test("has PyTorch's values and gradients in every fused operation, as ONNX Runtime has", async () => {
    const { passed, failed } = await runContract(VALUES, { GRADBOOK_ENGINE: "tensorflow" });
    expect(failed).toBe(0);
    expect(passed).toBeGreaterThan(50);
  }, 240_000);
});
