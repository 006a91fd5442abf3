/** Prompts from a file: JSON on every line, `prompt` (a text, or messages) and whatever a reward wants to know of it. */
import { readFileSync } from "node:fs";
import { fail } from "../../core/errors.ts";
import type { PromptExample } from "./prompts.ts";

/**
 * @throws GradbookError naming the first line that is no prompt
 * @example readPrompts("sums.jsonl") // {"prompt": "2+2=", "answer": 4}
 */
export function readPrompts(path: string): PromptExample[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    return fail(path, { expected: "a file of prompts", got: (cause as Error).message, cause });
  }
  const examples = text.split("\n").flatMap((line, i) => (line.trim() === "" ? [] : [parseLine(line, `${path}:${i + 1}`)])); // prettier-ignore
  if (examples.length === 0) fail(path, { expected: "prompts, one on each line", got: "none" });
  return examples;
}

function parseLine(line: string, where: string): PromptExample {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (cause) {
    return fail(where, { expected: "JSON", got: (cause as Error).message, cause });
  }
  const { prompt } = (record ?? {}) as { prompt?: unknown };
  const isMessages =
    Array.isArray(prompt) &&
    prompt.length > 0 &&
    prompt.every((one) => typeof one?.role === "string" && typeof one?.content === "string");
  if (typeof prompt !== "string" && !isMessages)
    fail(where, { expected: "a prompt: a text, or messages with role and content", got: prompt });
  return record as PromptExample;
}
