/** The engine in worker threads: each has tensors and programs of its own, and they train side by side. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

test("two workers train different models at the same time", async () => {
  const file = new URL("train-in-worker.ts", import.meta.url);
  const slopes = [2, -3];
  const workers = slopes.map((workerData) => new Worker(file, { workerData }));
  const learned = await Promise.all(
    workers.map(async (worker) => {
      const [slope] = (await once(worker, "message")) as [number];
      await worker.terminate();
      return slope;
    }),
  );
  learned.forEach((slope, i) => expect(slope).toBeCloseTo(slopes[i], 3));
}, 60_000);
