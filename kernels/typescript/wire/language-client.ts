/**
 * The wire thread's line to the language thread, and what happens when that dies.
 *
 * TypeScript can use up the thread's memory; then only that thread ends. A new one is started, told the cells that have
 * run, and asked again what was open, once: what fails twice is the cause.
 */
import type { MessagePort } from "node:worker_threads";
import { FLAG, type Flags } from "../shared/flags.ts";
import { LANGUAGE_MEMORY_MB } from "../shared/language-worker.ts";
import type {
  LanguageAnswer,
  LanguageRequest,
  LanguageRequests,
  LanguageResults,
} from "../shared/messages.ts";

/** Background work was dropped because somebody waited for something else. */
export class Dropped extends Error {}

interface Waiting {
  kind: keyof LanguageRequests;
  params: LanguageRequests[keyof LanguageRequests];
  answer: PromiseWithResolvers<unknown>;
  asked: number;
}

/** Cells that a new thread is told of: the newest, whose names are most likely still used. */
const KEPT_CELLS = 500;
/** After so many deaths types are not checked any more: that is what needs the memory. */
const CHECKED_DEATHS = 3;
/** A thread that dies sooner than this did not even start; so many in a row end the kernel. */
const STARTED_MS = 5_000;
const MAX_FAILED_STARTS = 8;

export class LanguageClient {
  readonly #flags: Flags;
  readonly #restart: () => MessagePort;
  readonly #onRestart: (why: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #committed = new Map<number, LanguageRequests["commit"]>();
  #port: MessagePort;
  #count = 0;
  #deaths = 0;
  #failedStarts = 0;
  #started = performance.now();
  #closed = false;

  /**
   * @param restart starts another thread
   * @param onRestart hears, in words for the user, that it was necessary
   */
  constructor(port: MessagePort, flags: Flags, restart: () => MessagePort, onRestart: (why: string) => void) {
    this.#flags = flags;
    this.#restart = restart;
    this.#onRestart = onRestart;
    this.#port = port;
    this.#listen();
  }

  /** @throws Dropped for `check` when another request came in between */
  ask<K extends keyof LanguageRequests>(kind: K, params: LanguageRequests[K]): Promise<LanguageResults[K]> {
    if (kind === "check" && this.#deaths >= CHECKED_DEATHS) return Promise.reject(new Error(memoryFull()));
    if (kind === "commit") this.#remember(params as LanguageRequests["commit"]);
    const id = ++this.#count;
    const answer = Promise.withResolvers<unknown>();
    const waiting = { kind, params, answer, asked: 0 };
    this.#waiting.set(id, waiting);
    this.#post(id, waiting);
    return answer.promise as Promise<LanguageResults[K]>;
  }

  /** The process ends: threads that go are not replaced. */
  close(): void {
    this.#closed = true;
  }

  #post(id: number, waiting: Waiting): void {
    const { kind, params } = waiting;
    waiting.asked++;
    if (kind !== "check") Atomics.add(this.#flags, FLAG.languageWanted, 1);
    const wanted = Atomics.load(this.#flags, FLAG.languageWanted);
    this.#port.postMessage({ id, kind, wanted, params } satisfies LanguageRequest);
  }

  #remember(cell: LanguageRequests["commit"]): void {
    this.#committed.set(cell.cell, cell);
    if (this.#committed.size > KEPT_CELLS) this.#committed.delete(this.#committed.keys().next().value!);
  }

  #listen(): void {
    this.#port.on("message", (answer: LanguageAnswer) => this.#settle(answer));
    this.#port.on("close", () => this.#lost());
  }

  #settle({ id, result, error, dropped }: LanguageAnswer): void {
    const answer = this.#waiting.get(id)?.answer;
    this.#waiting.delete(id);
    if (dropped) answer?.reject(new Dropped());
    else if (error !== undefined) answer?.reject(new Error(error));
    else answer?.resolve(result);
  }

  #lost(): void {
    if (this.#closed) return;
    this.#deaths++;
    const now = performance.now();
    this.#failedStarts = now - this.#started < STARTED_MS ? this.#failedStarts + 1 : 0;
    if (this.#failedStarts >= MAX_FAILED_STARTS) process.exit(1);
    this.#started = now;
    // The user thread may be waiting for it, asleep.
    Atomics.store(this.#flags, FLAG.languageDied, 1);
    Atomics.store(this.#flags, FLAG.languageAnswer, 1);
    Atomics.notify(this.#flags, FLAG.languageAnswer);
    this.#port = this.#restart();
    this.#listen();
    this.#onRestart(memoryFull());
    const open = [...this.#waiting];
    const told = new Set(open.filter(([, { kind }]) => kind === "commit").map(([, { params }]) => params));
    for (const cell of this.#committed.values())
      if (!told.has(cell)) this.ask("commit", cell).catch(() => {});
    for (const [id, waiting] of open) {
      const isCause = waiting.kind === "check" || waiting.asked > 1;
      if (isCause) this.#settle({ id, error: memoryFull() });
      else this.#post(id, waiting);
    }
  }
}

const memoryFull = () =>
  `language service: expected to need at most ${LANGUAGE_MEMORY_MB} MB, got more, and was started anew; variables are kept; ` +
  "GRADBOOK_LANGUAGE_MEMORY=4000 gives it more, GRADBOOK_TYPES=off checks no types";
