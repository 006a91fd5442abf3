/** The wire thread's line to the language thread. */
import type { MessagePort } from "node:worker_threads";
import { FLAG, type Flags } from "../shared/flags.ts";
import type {
  LanguageAnswer,
  LanguageRequest,
  LanguageRequests,
  LanguageResults,
} from "../shared/messages.ts";

/** Background work was dropped because somebody waited for something else. */
export class Dropped extends Error {}

export class LanguageClient {
  readonly #port: MessagePort;
  readonly #flags: Flags;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #count = 0;

  constructor(port: MessagePort, flags: Flags) {
    this.#port = port;
    this.#flags = flags;
    port.on("message", (answer: LanguageAnswer) => this.#settle(answer));
  }

  /** @throws Dropped for `check` when another request came in between */
  ask<K extends keyof LanguageRequests>(kind: K, params: LanguageRequests[K]): Promise<LanguageResults[K]> {
    const id = ++this.#count;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    if (kind !== "check") Atomics.add(this.#flags, FLAG.languageWanted, 1);
    const wanted = Atomics.load(this.#flags, FLAG.languageWanted);
    this.#port.postMessage({ id, kind, wanted, params } satisfies LanguageRequest);
    return waiting.promise as Promise<LanguageResults[K]>;
  }

  #settle({ id, result, error, dropped }: LanguageAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (dropped) waiting?.reject(new Dropped());
    else if (error !== undefined) waiting?.reject(new Error(error));
    else waiting?.resolve(result);
  }
}
