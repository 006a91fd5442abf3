/** Prompts from a file: JSON on every line, `prompt` (a text, or messages) and whatever a reward wants to know of it. */
import { fail } from "../../core/errors.ts";
import { readJsonLines } from "../../data/read/json-lines.ts";
import type { PromptExample } from "./prompts.ts";

/**
 * @throws GradbookError naming the first line that is no prompt
 * @example readPrompts("sums.jsonl") // {"prompt": "2+2=", "answer": 4}
 */
export function readPrompts(path: string): PromptExample[] {
  const examples = readJsonLines(path, "a file of prompts", (line) => `${path}:${line}`, promptOf);
  if (examples.length === 0) fail(path, { expected: "prompts, one on each line", got: "none" });
  return examples;
}

function promptOf(record: unknown, where: string): PromptExample {
  const { prompt } = (record ?? {}) as { prompt?: unknown };
  const isMessages =
    Array.isArray(prompt) &&
    prompt.length > 0 &&
    prompt.every((one) => typeof one?.role === "string" && typeof one?.content === "string");
  if (typeof prompt !== "string" && !isMessages)
    fail(where, { expected: "a prompt: a text, or messages with role and content", got: prompt });
  return record as PromptExample;
}
