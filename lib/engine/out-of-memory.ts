/** What is said when memory runs out. */
import { GradbookError } from "../core/errors.ts";

/** An error that says how much was asked for and what to shrink. */
export function outOfMemory(bytes: number, cause: unknown): GradbookError {
  const sentence =
    `expected enough memory for ${(bytes / 2 ** 20).toFixed(0)} MiB more, got none; ` +
    "make the batch or the context smaller, or the model";
  return new GradbookError("engine", sentence, { cause });
}
