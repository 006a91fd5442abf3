/** Memory: a long training run keeps none, and what does not fit is said. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { engineReport, tf } from "../../lib/engine/index.ts";

const run = promisify(execFile);

test("12,000 training steps leave tensors and resident memory as they were", async () => {
  const file = fileURLToPath(new URL("train-long.ts", import.meta.url));
  const env = { ...process.env, GRADBOOK_THREADS: "1" };
  // A small nursery: V8 would otherwise let it and the heap grow by tens of MiB, at whim, and hide a leak.
  const { stdout } = await run(process.execPath, ["--expose-gc", "--max-semi-space-size=1", file], { env });
  const seen = JSON.parse(stdout) as { tensors: number; buffers: number; resident: number }[];
  // The first 2,000 steps fill what the engine keeps for itself.
  const [first, last] = [seen[1], seen.at(-1)!];
  expect(new Set(seen.map(({ tensors, buffers }) => `${tensors} ${buffers}`)).size).toBe(1);
  // One tensor of 8 numbers kept in each step would be 8 MiB and more; what is seen is 2.
  expect((last.resident - first.resident) / 2 ** 20).toBeLessThan(6);
}, 240_000);

describe("what does not fit into memory", () => {
  // 400 TB: more than a process can address; an engine may round up.
  const column = (): tf.Tensor => tf.ones([10_000_000, 1]);
  const row = (): tf.Tensor => tf.ones([1, 10_000_000]);
  const message = /engine: expected enough memory for 381\d{6} MiB more, got none; make the batch or the context smaller/; // prettier-ignore

  test("on the way is an error that says how much was asked for", () => {
    expect(() => tf.tidy(() => tf.sum(tf.matMul(column(), row())).dataSync())).toThrow(message);
  });

  test("as a result is the same error, and the engine goes on", () => {
    expect(() => tf.tidy(() => tf.matMul(column(), row()).dataSync())).toThrow(message);
    expect(tf.add(tf.scalar(1), 1).dataSync()[0]).toBe(2);
  });
});

test("the report counts the bytes of tensors", () => {
  const before = engineReport().memory.tensors;
  const x = tf.zeros([1000]);
  const { memory } = engineReport();
  expect(memory.tensors - before).toBe(4000);
  expect(memory.resident).toBeGreaterThan(memory.tensors);
  expect(memory.total).toBeGreaterThan(memory.free);
  x.dispose();
});
