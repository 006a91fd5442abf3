/**
 * Interrupts on the user thread: every await of cells and local modules is a place to stop.
 *
 * The rewriter turns `await x` into `await __kernel.await(x)` (and `for await (… of x)` likewise). An
 * interrupt rejects what is pending with KernelInterrupt, the newest first, which is the innermost of calls
 * that wait for each other; so `catch` and `finally` run from the inside out, as after any error.
 * For one second after it, new awaits of the cell work normally, which is enough to close a file or a
 * server; later ones never settle, which freezes loops that swallow errors. Synchronous code without awaits
 * has no such place: the wire thread terminates it after 50 ms, and nothing of it runs any more.
 *
 * Code that registered `onInterrupt` takes the first interrupt itself (a training loop finishes its step
 * and saves); a second one, while the cell still runs, stops it as above.
 */
import { performance } from "node:perf_hooks";
import { setImmediate, setTimeout } from "node:timers"; // A cell may declare variables of these names.
import { FLAG, type Flags } from "../shared/flags.ts";
import { currentCell, type CellContext } from "./cell-context.ts";

/** How long a stopped cell may still await in its `catch` and `finally`, in ms. */
export const CLEANUP_MS = 1_000;

/** What an interrupted await throws. */
export class KernelInterrupt extends Error {
  override readonly name = "KernelInterrupt";
  constructor() {
    super("interrupted");
  }
}

interface Waiting {
  context: CellContext;
  reject: (reason: unknown) => void;
}

export class Interrupts {
  readonly #flags: Flags;
  readonly #waiting = new Set<Waiting>();
  readonly #running = new Set<CellContext>();
  readonly #handlers = new Map<() => void, CellContext>();
  #seen = 0;

  constructor(flags: Flags) {
    this.#flags = flags;
  }

  /** The value of an awaited expression, or KernelInterrupt when its cell is stopped first. */
  guard = <T>(value: T): T | Promise<Awaited<T>> => {
    const context = currentCell();
    const before = context.interruptedAt;
    this.poll();
    if (context.interruptedAt !== before) throw new KernelInterrupt();
    if (isFrozen(context)) return new Promise(() => {});
    if (!isThenable(value)) return value;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { context, reject };
      this.#waiting.add(waiting);
      value.then(
        (result) => {
          this.#waiting.delete(waiting);
          resolve(result as Awaited<T>);
        },
        (reason: unknown) => {
          this.#waiting.delete(waiting);
          reject(reason);
        },
      );
    });
  };

  /** The iterable of a `for await`, with each step guarded. */
  guardEach = <T>(iterable: AsyncIterable<T> | Iterable<T>): AsyncIterable<T> => ({
    [Symbol.asyncIterator]: () => {
      const inner =
        Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
      const step = async (result: unknown) => {
        const { done, value } = (await this.guard(result)) as IteratorResult<T>;
        return { done, value: await this.guard(value) } as IteratorResult<T>;
      };
      return {
        next: () => step(inner.next()),
        return: async (value?: unknown) => {
          const result = await (inner.return as ((value?: unknown) => unknown) | undefined)?.call(
            inner,
            value,
          );
          return (result ?? { done: true, value }) as IteratorResult<T>;
        },
      };
    },
  });

  /** Acts on an interrupt that was asked for since the last look. Cheap: one atomic read when there is none. */
  poll(): void {
    const asked = Atomics.load(this.#flags, FLAG.interruptAsked);
    if (asked === this.#seen) return;
    this.#seen = asked;
    Atomics.store(this.#flags, FLAG.interruptSeen, asked);
    const handlers = this.#concerned();
    for (const handler of handlers) this.#forget(handler);
    if (handlers.length > 0) for (const handler of handlers) handler();
    else this.#stopCells();
  }

  /** Lets `handler` take the next interrupt, once, instead of stopping its cell; returns the unsubscribe function. */
  onInterrupt = (handler: () => void): (() => void) => {
    this.#handlers.set(handler, currentCell());
    this.#countHandlers();
    return () => this.#forget(handler);
  };

  begin(context: CellContext): void {
    this.#running.add(context);
    this.#countHandlers();
  }

  end(context: CellContext): void {
    context.running = false;
    this.#running.delete(context);
    this.#countHandlers();
  }

  /** Rejects whatever an abandoned cell still waits for; it gets no more time to clean up. */
  abandon(cell: number): void {
    for (const context of this.#running) {
      if (context.cell !== cell) continue;
      context.interruptedAt = -Infinity;
      this.end(context);
    }
    for (const waiting of [...this.#waiting]) if (waiting.context.cell === cell) this.#reject(waiting);
  }

  /** Stops the running cells; when none runs, the work that earlier cells left behind. */
  #stopCells(): void {
    const stopped = this.#running.size > 0 ? this.#running : [...this.#waiting].map(({ context }) => context);
    const hit = new Set(stopped);
    for (const context of hit) context.interruptedAt = performance.now();
    void this.#unwind((waiting) => hit.has(waiting.context));
  }

  /** Rejects the pending awaits one after another, and lets each one's clean-up finish before the next. */
  async #unwind(concerns: (waiting: Waiting) => boolean): Promise<void> {
    const deadline = performance.now() + CLEANUP_MS;
    const old = [...this.#waiting].filter(concerns);
    for (let next = old.pop(); next; next = old.pop()) {
      if (this.#waiting.has(next)) this.#reject(next);
      await turn();
      const cleaning = () =>
        [...this.#waiting].some((waiting) => concerns(waiting) && !old.includes(waiting));
      while (cleaning() && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (const waiting of [...this.#waiting].filter(concerns)) this.#reject(waiting);
  }

  /** The handlers of the running cells; when none runs, those of earlier cells. */
  #concerned(): (() => void)[] {
    const all = [...this.#handlers];
    const concerned = this.#running.size > 0 ? all.filter(([, cell]) => this.#running.has(cell)) : all;
    return concerned.map(([handler]) => handler);
  }

  #countHandlers(): void {
    Atomics.store(this.#flags, FLAG.interruptHandlers, this.#concerned().length);
  }

  #reject(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    waiting.reject(new KernelInterrupt());
  }

  #forget(handler: () => void): void {
    this.#handlers.delete(handler);
    this.#countHandlers();
  }
}

/** Lets promise reactions and callbacks that are due run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

function isFrozen(context: CellContext): boolean {
  return context.interruptedAt !== undefined && performance.now() - context.interruptedAt > CLEANUP_MS;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as PromiseLike<unknown>).then === "function"
  );
}
