/** The thread that makes batches ahead of training. Started by prefetch.ts, which says what is exchanged. */
import { workerData, parentPort } from "node:worker_threads";
import { GradbookError } from "../core/errors.ts";
import { MADE, TAKEN, type Delivery, type PrefetchWork } from "./prefetch.ts";
import type { Batch, BatchLoader } from "./random-windows.ts";

const { recipe, ahead, counters, port, state } = workerData as PrefetchWork;

function deliver(delivery: Delivery): void {
  const buffers = delivery.kind === "batch" ? buffersOf(delivery.batch) : [];
  port.postMessage(delivery, buffers);
  Atomics.add(counters, MADE, 1);
  Atomics.notify(counters, MADE);
}

/** The arrays that are moved instead of copied: those that fill their buffer. */
function buffersOf(batch: Batch): ArrayBuffer[] {
  const arrays = Object.values(batch).filter((value) => value instanceof Int32Array);
  const whole = arrays.filter(({ byteLength, buffer }) => byteLength === buffer.byteLength);
  return [...new Set(whole.map(({ buffer }) => buffer as ArrayBuffer))];
}

try {
  const exports = (await import(recipe.module)) as Record<string, unknown>;
  const factory = exports[recipe.factory];
  if (typeof factory !== "function")
    throw new GradbookError("prefetch", `expected a function ${recipe.factory} in ${recipe.module}`);
  const loader = (await factory(recipe.settings)) as BatchLoader;
  if (state) loader.restore(state);
  deliver({
    kind: "ready",
    batchSize: loader.batchSize,
    contextLength: loader.contextLength,
    state: loader.state(),
  });
  parentPort!.postMessage("ready");
  for (let made = 0; ; made++) {
    for (let taken; made - (taken = Atomics.load(counters, TAKEN)) >= ahead;)
      Atomics.wait(counters, TAKEN, taken);
    const batch = loader.next();
    deliver({ kind: "batch", batch, state: loader.state() });
  }
} catch (error) {
  const { where, message } = error as GradbookError;
  const prefix = where === undefined ? "" : `${where}: `;
  deliver({ kind: "error", where: where ?? "prefetch", message: message.replace(prefix, "") });
}
