/**
 * What fine-tuning learns from: conversations, prompts with completions, prompts alone, preferences, single
 * judgements, and solutions judged step by step.
 *
 * Names and shapes are those of TRL and of OpenAI's API where they agree. Every parser in this folder takes one
 * parsed JSON value and either returns an example or says what is wrong with it, as a sentence; `readExamples`
 * adds the line numbers.
 */
import { fail } from "../../core/errors.ts";
import type { Problem } from "../document.ts";
import { fileBytes } from "../read/bytes.ts";
import { lineBlocks } from "../read/line-blocks.ts";
import { AtomicFile } from "../write/atomic-file.ts";

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

/** What the model may call, where an example has it: `{type: "function", function: {name, parameters}}` each. */
export interface WithTools {
  tools?: object[];
  /** OpenAI: whether several calls may come in one message. */
  parallel_tool_calls?: boolean;
}

export interface Conversation extends WithTools {
  kind: "conversation";
  messages: Message[];
}

/** A prompt as plain text or as messages, and what is to follow it. */
export interface PromptCompletion extends WithTools {
  kind: "prompt-completion";
  prompt: string | Message[];
  completion: string | Message[];
}

/** A prompt alone, for training that writes the answers itself (PPO, GRPO, online DPO). */
export interface Prompt extends WithTools {
  kind: "prompt";
  prompt: string | Message[];
}

export interface Preference extends WithTools {
  kind: "preference";
  prompt: string | Message[];
  chosen: string | Message[];
  rejected: string | Message[];
}

/** One completion with a thumb up or down (KTO). */
export interface Judgement extends WithTools {
  kind: "judgement";
  prompt: string | Message[];
  completion: string | Message[];
  label: boolean;
}

/** A solution whose steps are judged one by one (process reward models). */
export interface Stepwise {
  kind: "stepwise";
  prompt: string;
  completions: string[];
  /** Whether each step is right; as many as `completions`. */
  labels: boolean[];
}

/** Plain text for next-token training. */
export interface PlainText {
  kind: "text";
  text: string;
}

export type Example =
  Conversation | PromptCompletion | Prompt | Preference | Judgement | Stepwise | PlainText;

/** An example, or what is wrong. */
export type Parsed = Example | { wrong: string };

/**
 * Reads a JSONL file with a parser of this folder, or one's own.
 *
 * @param strict throw at the first bad line instead of collecting it
 * @throws GradbookError in strict mode, naming file and line
 * @example const { examples, problems } = await readExamples("train.jsonl", parseOpenai);
 */
export async function readExamples<T extends object = Example>(
  path: string,
  parse: (record: unknown) => T | { wrong: string },
  strict = false,
): Promise<{ examples: T[]; problems: Problem[] }> {
  const examples: T[] = [];
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

function parseLine<T extends object>(
  line: string,
  parse: (record: unknown) => T | { wrong: string },
): T | { wrong: string } {
  try {
    return parse(JSON.parse(line));
  } catch (error) {
    return { wrong: `invalid JSON: ${(error as Error).message}` };
  }
}

/**
 * Writes examples as JSONL with a formatter of this folder.
 *
 * @throws GradbookError when an example has no such form, or the disk is full; no half-written file is left
 */
export function writeExamples(
  path: string,
  examples: Iterable<Example>,
  format: (example: Example) => object,
): void {
  const file = new AtomicFile(path);
  try {
    for (const example of examples) file.write(Buffer.from(`${JSON.stringify(format(example))}\n`));
    file.finish();
  } finally {
    file.discard();
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
