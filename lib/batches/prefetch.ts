/**
 * A loader that reads ahead on a thread: training takes a finished batch and never waits for one to be made, unless
 * making them is slower than learning from them.
 *
 * The thread makes the loader from a recipe (functions do not cross threads), runs it a few batches ahead and posts
 * each batch with the loader's state behind it. `next` stays synchronous: when nothing has arrived it sleeps until
 * the thread rings. Batches, order and states are those of the loader itself; an error comes out of `next` at the
 * batch where it happened.
 */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import { once } from "node:events";
import { fail, GradbookError } from "../core/errors.ts";
import type { Batch, BatchLoader, LoaderState } from "./random-windows.ts";

/** How the thread makes the loader: it calls the export `factory` of `module` with `settings`, plain data. */
export interface LoaderRecipe {
  /** URL of a module, such as `import.meta.url`. */
  module: string;
  factory: string;
  settings: unknown;
}

export interface PrefetchOptions {
  /** Batches made ahead. Default 4. */
  ahead?: number;
  /** Seconds after which a thread that gives no batch counts as dead. Default 120. */
  patience?: number;
}

export interface PrefetchedLoader extends BatchLoader {
  /** Ends the thread. The process ends without it, too. */
  close(): Promise<void>;
}

/** What the thread posts: first its loader, then batches, each with the state behind it; or why there are none. */
export type Delivery =
  | { kind: "ready"; batchSize: number; contextLength: number; state: LoaderState }
  | { kind: "batch"; batch: Batch; state: LoaderState }
  | { kind: "error"; where: string; message: string };

/** Places of the counters that both threads see. */
export const MADE = 0;
export const TAKEN = 1;

export interface PrefetchWork {
  recipe: LoaderRecipe;
  ahead: number;
  counters: Int32Array;
  port: MessagePort;
  state: LoaderState | undefined;
}

/**
 * Starts the thread and waits for its loader.
 *
 * @throws GradbookError when the loader cannot be made
 * @example const loader = await prefetch({ module: import.meta.url, factory: "myLoader", settings: { seed: 1 } });
 */
export async function prefetch(
  recipe: LoaderRecipe,
  { ahead = 4, patience = 120 }: PrefetchOptions = {},
): Promise<PrefetchedLoader> {
  if (!Number.isInteger(ahead) || ahead < 1)
    fail("prefetch", { expected: "ahead: a whole number ≥ 1", got: ahead });
  let thread = start(recipe, ahead, undefined);
  // The only wait that leaves the event loop free: a wrong recipe can end the thread before it can speak.
  await Promise.race([once(thread.worker, "message"), once(thread.worker, "exit")]);
  const first = take(thread, patience);
  if (first.kind !== "ready") throw problem(first);
  let state = first.state;
  let closed = false;
  const { batchSize, contextLength } = first;

  return {
    batchSize,
    contextLength,
    next() {
      if (closed) fail("prefetch", { expected: "a loader that is open", got: "one that was closed" });
      let delivery = take(thread, patience);
      // A thread that was started again says first that it is ready.
      if (delivery.kind === "ready") delivery = take(thread, patience);
      if (delivery.kind !== "batch") throw problem(delivery);
      state = delivery.state;
      Atomics.add(thread.counters, TAKEN, 1);
      Atomics.notify(thread.counters, TAKEN);
      return delivery.batch;
    },
    state: () => state,
    restore(given) {
      // What was made ahead is for another place: a new thread starts from there.
      void stop(thread);
      thread = start(recipe, ahead, given);
      state = given;
    },
    async close() {
      closed = true;
      await stop(thread);
    },
  };
}

interface Thread {
  worker: Worker;
  counters: Int32Array;
  port: MessagePort;
  /** Deliveries read so far; the thread counts them as made. */
  read: number;
  /** Said once, and again at every later call. */
  failed?: Extract<Delivery, { kind: "error" }>;
}

function start(recipe: LoaderRecipe, ahead: number, state: LoaderState | undefined): Thread {
  const counters = new Int32Array(new SharedArrayBuffer(8));
  const { port1, port2 } = new MessageChannel();
  const work: PrefetchWork = { recipe, ahead, counters, port: port2, state };
  const worker = new Worker(new URL("./prefetch-worker.ts", import.meta.url), {
    workerData: work,
    transferList: [port2],
  });
  // An error that the thread could not post; `take` finds it out by the silence.
  worker.on("error", () => undefined);
  worker.unref();
  port1.unref();
  return { worker, counters, port: port1, read: 0 };
}

async function stop({ worker, port }: Thread): Promise<void> {
  port.close();
  await worker.terminate();
}

/** The next delivery; sleeps until there is one. */
function take(thread: Thread, patience: number): Delivery {
  if (thread.failed) return thread.failed;
  const { counters, port } = thread;
  const silentSince = performance.now();
  for (;;) {
    const made = Atomics.load(counters, MADE);
    const received = receiveMessageOnPort(port) as { message: Delivery } | undefined;
    if (received) {
      thread.read++;
      if (received.message.kind === "error") thread.failed = received.message;
      return received.message;
    }
    if (performance.now() - silentSince > 1000 * patience)
      fail("prefetch", {
        expected: `a batch within ${patience} s`,
        got: "none",
        hint: "has the thread run out of memory?",
      });
    if (made <= thread.read) Atomics.wait(counters, MADE, made, 1000);
  }
}

function problem(delivery: Delivery): GradbookError {
  if (delivery.kind !== "error") return new GradbookError("prefetch", "the thread spoke out of turn");
  return new GradbookError(delivery.where, delivery.message);
}
