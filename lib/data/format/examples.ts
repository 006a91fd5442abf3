/**
 * What fine-tuning learns from: conversations, prompts with completions, preferences, and single judgements.
 *
 * Names and shapes are those of TRL and of OpenAI's API where they agree. Every parser in this folder takes one
 * parsed JSON value and either returns an example or says what is wrong with it, as a sentence; `readExamples`
 * adds the line numbers.
 */
import { writeFileSync } from "node:fs";
import { fail } from "../../core/errors.ts";
import type { Problem } from "../document.ts";
import { fileBytes } from "../read/bytes.ts";
import { lineBlocks } from "../read/line-blocks.ts";

export const ROLES = ["system", "developer", "user", "assistant", "tool"] as const;
export type Role = (typeof ROLES)[number];

export interface Message {
  role: Role;
  content: string;
  name?: string;
  /** OpenAI: 0 leaves an assistant's message out of the loss. */
  weight?: 0 | 1;
  tool_calls?: unknown[];
  tool_call_id?: string;
}

export interface Conversation {
  kind: "conversation";
  messages: Message[];
}

/** A prompt as plain text or as messages, and what is to follow it. */
export interface PromptCompletion {
  kind: "prompt-completion";
  prompt: string | Message[];
  completion: string | Message[];
}

export interface Preference {
  kind: "preference";
  prompt: string | Message[];
  chosen: string | Message[];
  rejected: string | Message[];
}

/** One completion with a thumb up or down (KTO). */
export interface Judgement {
  kind: "judgement";
  prompt: string | Message[];
  completion: string | Message[];
  label: boolean;
}

/** Plain text for next-token training. */
export interface PlainText {
  kind: "text";
  text: string;
}

export type Example = Conversation | PromptCompletion | Preference | Judgement | PlainText;

/** An example, or what is wrong. */
export type Parsed = Example | { wrong: string };

/**
 * Reads a JSONL file with a parser of this folder.
 *
 * @param strict throw at the first bad line instead of collecting it
 * @throws GradbookError in strict mode, naming file and line
 * @example const { examples, problems } = await readExamples("train.jsonl", parseOpenai);
 */
export async function readExamples(
  path: string,
  parse: (record: unknown) => Parsed,
  strict = false,
): Promise<{ examples: Example[]; problems: Problem[] }> {
  const examples: Example[] = [];
  const problems: Problem[] = [];
  const report = (line: number, reason: string): void => {
    if (strict) fail(`${path}:${line}`, { expected: "a valid example", got: reason });
    problems.push({ where: `${path}:${line}`, reason });
  };
  for await (const block of lineBlocks(fileBytes(path))) {
    if ("tooLongLine" in block) report(block.tooLongLine, "line too long");
    else {
      Buffer.from(block.bytes)
        .toString("utf8")
        .split("\n")
        .forEach((line, i) => {
          if (line.trim() === "") return;
          const parsed = parseLine(line, parse);
          if ("wrong" in parsed) report(block.firstLine + i, parsed.wrong);
          else examples.push(parsed);
        });
    }
  }
  return { examples, problems };
}

function parseLine(line: string, parse: (record: unknown) => Parsed): Parsed {
  try {
    return parse(JSON.parse(line));
  } catch (error) {
    return { wrong: `invalid JSON: ${(error as Error).message}` };
  }
}

/** Writes examples as JSONL with a formatter of this folder. */
export function writeExamples(
  path: string,
  examples: Iterable<Example>,
  format: (example: Example) => object,
): void {
  writeFileSync(path, Array.from(examples, (example) => `${JSON.stringify(format(example))}\n`).join(""));
}

/** Checks a list of messages; `where` names it in the sentence. */
export function checkMessages(value: unknown, where: string): Message[] | { wrong: string } {
  if (!Array.isArray(value) || value.length === 0) return { wrong: `${where} must be a list of messages` };
  for (const [i, message] of value.entries()) {
    const place = `${where}[${i}]`;
    if (typeof message !== "object" || message === null)
      return { wrong: `${place} must be an object with role and content` };
    if (!ROLES.includes(message.role))
      return {
        wrong: `${place}.role must be one of ${ROLES.join(", ")}, got ${JSON.stringify(message.role)}`,
      };
    const calls =
      message.role === "assistant" && Array.isArray(message.tool_calls) && message.tool_calls.length > 0;
    if (typeof message.content !== "string" && !(calls && message.content == null))
      return { wrong: `${place}.content must be a string` };
    if (message.weight !== undefined && (message.role !== "assistant" || ![0, 1].includes(message.weight)))
      return { wrong: `${place}.weight must be 0 or 1, and only on assistant messages` };
  }
  return value.map((message) => ({ ...message, content: message.content ?? "" }));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
