/**
 * Prompts that a model is to answer, as token ids: what cannot be answered is an error before the first answer is written,
 * not in the middle of a run.
 */
import { fail } from "../../core/errors.ts";
import type { Tokenizer } from "../../tokenizers/tokenizer.ts";
import { encodeAnswer, type RankingOptions, type Side } from "../data/rankings.ts";

/** What to answer, and whatever a reward wants to know of it: the right answer, tests. */
export interface PromptExample {
  prompt: Side;
  readonly [field: string]: unknown;
}

export interface TokenPrompt {
  ids: number[];
  example: PromptExample;
}

/** How texts become ids, and which id ends an answer. */
export interface AnswerFormat {
  tokenizer: Tokenizer;
  /** How conversations become text; without it prompts are plain text that answers go on from. */
  format?: RankingOptions["format"];
  /** Id that ends an answer; with a format the one that ends the assistant's turn there. None: answers have maxTokens. */
  endToken?: number;
}

/**
 * @param limits most tokens of an answer, and the model's context, which holds both
 * @throws GradbookError naming the prompt that is empty, cannot be encoded or leaves no room for an answer
 */
export function encodePrompts(
  examples: readonly PromptExample[],
  options: AnswerFormat,
  { maxTokens, contextLength }: { maxTokens: number; contextLength: number },
): TokenPrompt[] {
  if (examples.length === 0) fail("prompts", { expected: "at least one", got: "none" });
  return examples.map((example, number) => {
    const where = `prompt ${number}`;
    const encoded = encodeAnswer({ prompt: example.prompt }, PROBE, options);
    if (typeof encoded === "string")
      return fail(where, { expected: "one that can be encoded", got: encoded });
    const ids = [...encoded.prompt];
    if (ids.length === 0) fail(where, { expected: "at least one token", got: "an empty text" });
    if (ids.length + maxTokens > contextLength)
      fail(where, {
        expected: `a prompt and an answer of at most ${contextLength} tokens together, the model's contextLength`,
        got: `${ids.length} + ${maxTokens}`,
        hint: "lower maxTokens, or shorten the prompt",
      });
    return { ids, example };
  });
}

/** Stands for an answer where a template wants one; of plain text the answer is nothing. */
const PROBE = "";

/** The id that ends an answer: the one given, or that of the template's end of the assistant's turn. */
export function endTokenOf({ tokenizer, format, endToken }: AnswerFormat): number | undefined {
  if (endToken !== undefined || format === undefined) return endToken;
  const encoded = encodeAnswer({ prompt: "?" }, "!", { tokenizer, format });
  if (typeof encoded === "string")
    return fail("prompts", { expected: "a tokenizer that knows the format's tokens", got: encoded });
  return encoded.answer.at(-1);
}
