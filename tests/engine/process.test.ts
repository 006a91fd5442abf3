/** The engine in a process: threads, worker threads, a module that is loaded twice. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import { tf, threads } from "../../lib/engine/index.ts";

const engine = new URL("../../lib/engine/index.ts", import.meta.url).href;

describe("threads", () => {
  afterEach(() => delete process.env.GRADBOOK_THREADS);

  test("are the cores unless GRADBOOK_THREADS says otherwise", () => {
    expect(threads()).toBeGreaterThan(0);
    process.env.GRADBOOK_THREADS = "3";
    expect(threads()).toBe(3);
  });

  test("that are no number are refused", () => {
    process.env.GRADBOOK_THREADS = "many";
    expect(threads).toThrow(/GRADBOOK_THREADS: expected a whole number of threads, at least 1, got many/);
  });
});

describe("the engine", () => {
  test("runs in a worker thread while the main thread uses it too", async () => {
    const code = `
      const { parentPort } = await import("node:worker_threads");
      const { compile, tf } = await import(${JSON.stringify(engine)});
      const square = compile((x) => tf.mul(x, x));
      parentPort.postMessage(square(tf.tensor1d([3, 4])).dataSync());`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    const [message] = await once(worker, "message");
    await worker.terminate();
    expect(Array.from(message as Float32Array)).toEqual([9, 16]);
    expect(tf.add(tf.scalar(1.5), 1).dataSync()[0]).toBe(2.5);
  });

  test("keeps its tensors when a file of it is loaded again under another address", async () => {
    const x = tf.tensor1d([1, 2]);
    const again = (await import(`${fileURLToPath(engine)}?v=2`)) as { tf: typeof tf };
    expect(again.tf.getBackend()).toBe("graph");
    expect(Array.from(again.tf.add(x, x).dataSync())).toEqual([2, 4]);
  });
});
