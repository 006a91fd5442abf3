/** input_request and input_reply: the user's code asks, the front end that runs the cell answers. */
import type { MessagePort } from "node:worker_threads";
import { FLAG, type Flags } from "../shared/flags.ts";
import type { FromUser, ToUser } from "../shared/messages.ts";
import type { Request, Sockets } from "./sockets.ts";

type Question = Extract<FromUser, { type: "input" }>;

export class Questions {
  readonly #sockets: Sockets;
  readonly #answers: MessagePort;
  readonly #flags: Flags;
  readonly #post: (message: ToUser) => void;
  #open: Question | undefined;

  /** @param answers to the user thread while it sleeps in prompt() */
  constructor(sockets: Sockets, answers: MessagePort, flags: Flags, post: (message: ToUser) => void) {
    this.#sockets = sockets;
    this.#answers = answers;
    this.#flags = flags;
    this.#post = post;
  }

  ask(question: Question, request: Request | undefined): void {
    this.#open = question;
    if (request) void this.#sockets.askInput(request, question.prompt, question.password);
    else this.#post({ type: "input", id: question.id, error: "input: the cell that asks has ended" });
  }

  answer(value: string): void {
    const question = this.#open;
    this.#open = undefined;
    if (!question) return;
    if (!question.blocks) return this.#post({ type: "input", id: question.id, value });
    this.#answers.postMessage({ value });
    this.#wake();
  }

  /** Wakes a prompt() without an answer: the cell was interrupted. */
  cancel(): void {
    if (this.#open?.blocks) this.#wake();
    this.#open = undefined;
  }

  #wake(): void {
    Atomics.store(this.#flags, FLAG.promptAnswer, 1);
    Atomics.notify(this.#flags, FLAG.promptAnswer);
  }
}
