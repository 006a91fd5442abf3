/**
 * Worker threads for segments: each chunk goes to the worker with the fewest chunks waiting; answers are matched
 * by number, so the order of results is the caller's business (`mapOrdered`).
 */
import { Worker } from "node:worker_threads";
import type { SegmentResult, Work } from "./segment.ts";
import type { SegmentPlan } from "./worker.ts";

export interface WorkerPool {
  readonly size: number;
  run(segment: number, work: Work, keepExcluded: boolean): Promise<SegmentResult>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(result: SegmentResult): void;
  reject(error: unknown): void;
}

export function workerPool(size: number, plans: readonly SegmentPlan[]): WorkerPool {
  let tasks = 0;
  const members = Array.from({ length: size }, () => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: { plans },
      // Documents live for one chunk. Node's default of 48 MiB and more only makes each thread larger (795 MiB instead
      // of 447 for two), not quicker.
      resourceLimits: { maxYoungGenerationSizeMb: 12 },
    });
    const waiting = new Map<number, Waiting>();
    worker.on("message", ({ task, result, error }) => {
      const caller = waiting.get(task);
      waiting.delete(task);
      if (error) caller?.reject(error);
      else caller?.resolve(result);
    });
    const fail = (error: unknown): void => {
      for (const caller of waiting.values()) caller.reject(error);
      waiting.clear();
    };
    worker.on("error", fail);
    worker.on("exit", (code) => fail(new Error(`a pipeline worker ended with exit code ${code}`)));
    return { worker, waiting };
  });

  return {
    size,
    run(segment, work, keepExcluded) {
      const member = members.reduce((best, other) => (other.waiting.size < best.waiting.size ? other : best));
      const task = tasks++;
      return new Promise((resolve, reject) => {
        member.waiting.set(task, { resolve, reject });
        member.worker.postMessage({ task, segment, work, keepExcluded }, buffersOf(work.raw));
      });
    },
    async close() {
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}

/** The ArrayBuffers that can be moved instead of copied: those that a byte array of `raw` fills entirely. */
function buffersOf(raw: unknown): ArrayBuffer[] {
  if (typeof raw !== "object" || raw === null) return [];
  return Object.values(raw).flatMap((value) =>
    value instanceof Uint8Array && value.byteLength === value.buffer.byteLength
      ? [value.buffer as ArrayBuffer]
      : [],
  );
}

/** Runs a function on many items at once, at most `width`, and hands the results out in the items' order. */
export async function* mapOrdered<A, B>(
  items: AsyncIterable<A>,
  width: number,
  run: (item: A) => Promise<B>,
): AsyncGenerator<B> {
  const queue: Promise<B>[] = [];
  for await (const item of items) {
    const result = run(item);
    // Its error is thrown where it is awaited; until then it must not count as unhandled.
    result.catch(() => undefined);
    queue.push(result);
    if (queue.length >= width) yield await queue.shift()!;
  }
  while (queue.length > 0) yield await queue.shift()!;
}
