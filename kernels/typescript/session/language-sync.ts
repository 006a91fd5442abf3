/** Questions of the user thread to the language thread, answered in place: module loading is synchronous. */
import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { FLAG, type Flags } from "../shared/flags.ts";
import type {
  LanguageAnswer,
  LanguageRequest,
  LanguageRequests,
  LanguageResults,
} from "../shared/messages.ts";

const DIED = "language service: its memory was full and it is being started anew; run the cell again";

export class LanguageSync {
  #port: MessagePort;
  readonly #flags: Flags;
  #count = 0;

  constructor(port: MessagePort, flags: Flags) {
    this.#port = port;
    this.#flags = flags;
  }

  /** The line to another thread, after the one before has died. */
  replace(port: MessagePort): void {
    this.#port.close();
    this.#port = port;
    Atomics.store(this.#flags, FLAG.languageDied, 0);
  }

  /** Blocks until the language thread has answered (milliseconds; the first time, until it has started). @throws Error when it has died */
  ask<K extends keyof LanguageRequests>(kind: K, params: LanguageRequests[K]): LanguageResults[K] {
    Atomics.store(this.#flags, FLAG.languageAnswer, 0);
    const wanted = Atomics.add(this.#flags, FLAG.languageWanted, 1) + 1;
    this.#port.postMessage({ id: ++this.#count, kind, wanted, params } satisfies LanguageRequest);
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: LanguageAnswer } | undefined;
      if (!received) {
        if (Atomics.load(this.#flags, FLAG.languageDied)) throw new Error(DIED);
        Atomics.wait(this.#flags, FLAG.languageAnswer, 0);
        continue;
      }
      const { id, result, error } = received.message;
      if (id !== this.#count) continue; // The answer to a question whose asker was terminated.
      if (error !== undefined) throw new Error(error);
      return result as LanguageResults[K];
    }
  }
}
