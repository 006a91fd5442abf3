/**
 * Stop, from the wire thread's side: ask first, terminate only code that cannot hear.
 *
 * The shared counter reaches every await at once; a message wakes the event loop. When neither is noticed
 * within 50 ms the user thread is in synchronous code, and the engine is told to terminate it. Code that
 * registered onInterrupt is left alone the first time: its step may take long, and it will stop by itself.
 */
import { Session } from "node:inspector";
import { FLAG, type Flags } from "../shared/flags.ts";
import type { ToUser } from "../shared/messages.ts";

const NOTICE_MS = 50;
const LOOK_EVERY_MS = 5;
/** A thread that is still deaf after this time entered another endless loop: it is terminated again. */
const AGAIN_MS = 250;

/** What became of an interrupt: awaits rejected, code terminated, or a handler of the user's took it. */
export type InterruptEffect = "heard" | "terminated" | "taken";

export class Interrupter {
  readonly #flags: Flags;
  readonly #post: (message: ToUser) => void;
  readonly #inspector = new Session();
  #asked = 0;
  #pulse = 0;
  #working: Promise<unknown> = Promise.resolve();

  constructor(flags: Flags, post: (message: ToUser) => void) {
    this.#flags = flags;
    this.#post = post;
    this.#inspector.connectToMainThread();
  }

  /** Kept when the user thread listens again. */
  interrupt(): Promise<InterruptEffect> {
    // The handlers that exist now take this one; a thread that has not heard the last one is not waited for.
    const deaf = Atomics.load(this.#flags, FLAG.interruptSeen) !== this.#asked;
    const taken = Atomics.load(this.#flags, FLAG.interruptHandlers) > 0 && !deaf;
    const asked = Atomics.add(this.#flags, FLAG.interruptAsked, 1) + 1;
    this.#asked = asked;
    this.#post({ type: "interrupt" });
    const effect = this.#working.then(() => (taken ? "taken" : this.#insist(asked)));
    this.#working = effect;
    return effect;
  }

  close(): void {
    this.#inspector.disconnect();
  }

  /** Kept when no interrupt is under way: only then is it safe to start another cell. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async #insist(asked: number): Promise<"heard" | "terminated"> {
    const heard = () => Atomics.load(this.#flags, FLAG.interruptSeen) >= asked;
    for (let waited = 0; waited < NOTICE_MS; waited += LOOK_EVERY_MS) {
      if (heard()) return "heard";
      await delay(LOOK_EVERY_MS);
    }
    while (!heard()) {
      await new Promise((resolve) => this.#inspector.post("Runtime.terminateExecution", resolve));
      await this.#eventLoopTurns();
    }
    return "terminated";
  }

  /**
   * Waits until the user thread takes messages. A termination that comes just after the code ended strikes
   * the next callback instead; these no-ops are there to be struck.
   */
  async #eventLoopTurns(): Promise<void> {
    for (let waited = 0; waited < AGAIN_MS; waited++) {
      const count = ++this.#pulse;
      this.#post({ type: "pulse", count });
      await delay(1);
      if (Atomics.load(this.#flags, FLAG.pulse) >= count) return;
    }
  }
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
