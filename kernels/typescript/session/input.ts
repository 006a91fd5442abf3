/**
 * Questions to the user: `prompt()` waits in place as in a browser, the notebook host's `input` is awaited.
 *
 * While prompt() waits, the user thread sleeps on a shared flag; the wire thread wakes it with the answer
 * or, on an interrupt, without one.
 */
import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { FLAG, type Flags } from "../shared/flags.ts";
import type { FromUser, ToUser } from "../shared/messages.ts";
import { currentCell } from "./cell-context.ts";
import { KernelInterrupt } from "./interrupt.ts";

export class Input {
  readonly #post: (message: FromUser) => void;
  readonly #answers: MessagePort;
  readonly #flags: Flags;
  readonly #waiting = new Map<number, PromiseWithResolvers<string>>();
  #count = 0;

  /** @param answers where answers to prompt() arrive; read synchronously */
  constructor(post: (message: FromUser) => void, answers: MessagePort, flags: Flags) {
    this.#post = post;
    this.#answers = answers;
    this.#flags = flags;
  }

  /** Asks and goes on with other work until the answer comes. */
  ask = (prompt: string, { password = false }: { password?: boolean } = {}): Promise<string> => {
    const id = this.#request(prompt, password, "ask");
    const answer = Promise.withResolvers<string>();
    this.#waiting.set(id, answer);
    return answer.promise;
  };

  /** Asks and blocks the user thread until the answer comes. */
  prompt = (prompt = "", { password = false }: { password?: boolean } = {}): string => {
    Atomics.store(this.#flags, FLAG.promptAnswer, 0);
    this.#request(prompt, password, "prompt");
    Atomics.wait(this.#flags, FLAG.promptAnswer, 0);
    const received = receiveMessageOnPort(this.#answers) as { message: { value: string } } | undefined;
    if (!received) throw new KernelInterrupt();
    return received.message.value;
  };

  receive({ id, value, error }: Extract<ToUser, { type: "input" }>): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (value !== undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }

  #request(prompt: string, password: boolean, how: "ask" | "prompt"): number {
    const { cell, allowInput } = currentCell();
    if (!allowInput) {
      throw new Error("input: expected a front end that can ask the user, got a run without one");
    }
    const id = ++this.#count;
    this.#post({ type: "input", cell, id, prompt: String(prompt), password, blocks: how === "prompt" });
    return id;
  }
}
