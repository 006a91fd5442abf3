/**
 * Integers shared by the three threads: what must get through while a thread is busy with synchronous work.
 *
 * Everything else travels as messages, which a thread sees only when it returns to its event loop.
 */

/** Positions in the shared Int32Array. */
export const FLAG = {
  /** Number of interrupts asked for so far; the user thread compares it at every await. */
  interruptAsked: 0,
  /** The last interrupt that the user thread has acted on. */
  interruptSeen: 1,
  /** How many onInterrupt handlers of the user's code exist: they get to finish before anything is killed. */
  interruptHandlers: 2,
  /** Counts up when the language thread should drop background work: somebody waits. */
  languageWanted: 3,
  /** 1 while the main thread waits synchronously for the language thread; cleared by the answer. */
  languageAnswer: 4,
  /** The state of a synchronous prompt(): 0 waiting, 1 answered, 2 interrupted. */
  promptAnswer: 5,
  /** The last no-op message that the user thread has taken: proof that its event loop turns. */
  pulse: 6,
  /** 1 from the death of the language thread until the user thread has its line to the next one. */
  languageDied: 7,
} as const;

export type Flags = Int32Array<SharedArrayBuffer>;

export function makeFlags(): Flags {
  return new Int32Array(new SharedArrayBuffer(4 * Object.keys(FLAG).length));
}
