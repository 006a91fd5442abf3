/**
 * Type errors as warnings: each executed cell is checked once the kernel has nothing else to do.
 *
 * The warning is late output of its cell, so a cell never waits for its types. A check that somebody's question
 * overtook is repeated later.
 */
import { Dropped, type LanguageClient } from "./language-client.ts";
import type { Output } from "./output.ts";

export interface ExecutedCell {
  code: string;
  cell: number;
  name: string;
}

/** How long the kernel has to be idle before a check starts, in ms. */
const CHECK_AFTER_MS = 40;
/** Cells that are checked together: most of the work is done once, and little is lost when it is overtaken. */
const TOGETHER = 20;

export class TypeChecks {
  readonly #language: LanguageClient;
  readonly #output: Output;
  readonly #waiting: ExecutedCell[] = [];
  #timer: NodeJS.Timeout | undefined;
  #idle = true;

  constructor(language: LanguageClient, output: Output) {
    this.#language = language;
    this.#output = output;
  }

  add(executed: ExecutedCell): void {
    this.#waiting.push(executed);
  }

  /** Cells are being executed: nothing starts. */
  pause(): void {
    this.#idle = false;
    clearTimeout(this.#timer);
  }

  /** Nothing is being executed any more. */
  resume(): void {
    this.#idle = true;
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => void this.#check(), CHECK_AFTER_MS);
  }

  async #check(): Promise<void> {
    const next = this.#waiting.slice(0, TOGETHER);
    try {
      const found = await this.#language.ask("check", { cells: next });
      this.#waiting.splice(0, next.length);
      for (const [index, problems] of found.entries()) {
        if (problems.length === 0) continue;
        const text = `${problems.join("\n")}\n`;
        this.#output.stream({ cell: next[index].cell, name: "stderr", text });
      }
    } catch (error) {
      if (!(error instanceof Dropped)) this.#waiting.splice(0, next.length);
    }
    if (this.#idle) this.resume();
  }
}
