/**
 * Preferences as token ids: a prompt and its answers, best first. Two answers are a pair, as DPO and its relatives
 * learn from; k answers are a ranking, as InstructGPT's reward model learned from (arXiv 2203.02155, 3.5).
 *
 * What cannot teach anything, or would teach something wrong, is refused with its reason: equal answers, empty ones, those
 * longer than the context, wrong roles.
 */
import { fail } from "../../core/errors.ts";
import type { Message } from "../../data/format/examples.ts";
import { asMessages } from "../../data/format/openai.ts";
import { encodeChat, type ChatOptions } from "../../tokenizers/chat/chat.ts";
import type { Tokenizer } from "../../tokenizers/tokenizer.ts";

export type Side = string | Message[];

/** Answers to one prompt, best first. */
export interface RankingExample {
  prompt: Side;
  answers: readonly Side[];
  tools?: readonly object[];
  /** By how much the reward of the better of two answers should be higher. */
  margin?: number;
  /** Some of the answers were found equally good: that is no order to learn from, and it is left out. */
  ties?: boolean;
}

/** As `Preference` of gradbook/data and `PreferencePair` of gradbook/eval. */
export interface PreferenceExample extends Omit<RankingExample, "answers" | "ties"> {
  chosen: Side;
  rejected: Side;
}

export interface TokenRanking {
  prompt: Uint32Array;
  /** Best first; each with what ends it. */
  answers: Uint32Array[];
  margin?: number;
}

/** Rankings to learn from, and others to look at. */
export interface RankingData {
  train: readonly TokenRanking[];
  validation: readonly TokenRanking[];
}

export interface RankingOptions {
  tokenizer: Tokenizer;
  /** Longest prompt and answer together, in tokens: the model's. */
  contextLength: number;
  /** How conversations become text. Without it prompts and answers are plain text, one after the other. */
  format?: ChatOptions["format"];
  /** Id that ends an answer of plain text; none by default. */
  endToken?: number;
  /** Stop at the first one that is refused, instead of leaving it out. */
  strict?: boolean;
}

/** What can be learned from, and what was left out and why. */
export interface EncodedRankings {
  rankings: TokenRanking[];
  refused: { number: number; reason: string }[];
}

/**
 * Pairs as token ids, the chosen answer first.
 *
 * @throws GradbookError when none is left, and with `strict` at the first one that is refused, naming it
 * @example const { rankings, refused } = encodePreferences(preferencePairs(records), { tokenizer, contextLength: 64 });
 */
export function encodePreferences(
  examples: Iterable<PreferenceExample>,
  options: RankingOptions,
): EncodedRankings {
  const rankings = Array.from(examples, ({ chosen, rejected, ...rest }) => ({ ...rest, answers: [chosen, rejected] })); // prettier-ignore
  return encodeRankings(rankings, options);
}

/** Rankings of any number of answers as token ids; errors as for pairs. */
export function encodeRankings(examples: Iterable<RankingExample>, options: RankingOptions): EncodedRankings {
  const { kept, refused } = sifted(examples, (example) => encodeOne(example, options), {
    ...{ where: "encodeRankings", one: "preference", lesson: "answers", least: "preference" },
    strict: options.strict,
  });
  return { rankings: kept, refused };
}

/** Words of the errors: `one` "preference" 3, where `lesson` "answers" to learn from were expected, at `least` one. */
interface Sifting {
  where: string;
  one: string;
  lesson: string;
  least: string;
  strict?: boolean;
}

/**
 * What of the examples can be learned from, and what cannot, with its number and the reason.
 *
 * @throws GradbookError when none is left, and with `strict` at the first one that is refused, naming it
 */
export function sifted<E, T extends object>(
  examples: Iterable<E>,
  encode: (example: E) => T | { wrong: string },
  { where, one, lesson, least, strict }: Sifting,
): { kept: T[]; refused: EncodedRankings["refused"] } {
  const kept: T[] = [];
  const refused: EncodedRankings["refused"] = [];
  let number = 0;
  for (const example of examples) {
    const encoded = encode(example);
    if (!("wrong" in encoded)) kept.push(encoded);
    else if (strict) fail(`${one} ${number}`, { expected: `${lesson} to learn from`, got: encoded.wrong });
    else refused.push({ number, reason: encoded.wrong });
    number++;
  }
  if (kept.length === 0)
    fail(where, {
      expected: `at least one ${least} to learn from`,
      got: number === 0 ? "none at all" : `${number}, all refused; the first because ${refused[0].reason}`,
    });
  return { kept, refused };
}

const NAMES = ["the chosen answer", "the rejected answer"];

function encodeOne(example: RankingExample, options: RankingOptions): TokenRanking | { wrong: string } {
  const { answers, margin, ties } = example;
  if (answers.length < 2) return { wrong: `a ranking needs two answers, there are ${answers.length}` };
  if (ties) return { wrong: "some of its answers were found equally good" };
  if (margin !== undefined && !Number.isFinite(margin)) return { wrong: `the margin is ${margin}` };
  const nameOf = (i: number): string => (answers.length === 2 ? NAMES[i] : `answer ${i + 1}`);
  const found: Uint32Array[] = [];
  let prompt: Uint32Array | undefined;
  for (const [i, answer] of answers.entries()) {
    const encoded = encodeUsable(example, answer, nameOf(i), options);
    if ("wrong" in encoded) return encoded;
    const same = found.findIndex((other) => other.join() === encoded.answer.join());
    if (same >= 0)
      return {
        wrong: answers.length === 2 ? "both answers are equal" : `${nameOf(same)} and ${nameOf(i)} are equal`,
      };
    prompt = encoded.prompt;
    found.push(encoded.answer);
  }
  return { prompt: prompt!, answers: found, ...(margin !== undefined && { margin }) };
}

/** A prompt with one answer that can be learned from, or what is wrong with it; `name` says which answer it is. */
export function encodeUsable(
  example: Pick<RankingExample, "prompt" | "tools">,
  answer: Side,
  name: string,
  options: RankingOptions,
): { prompt: Uint32Array; answer: Uint32Array } | { wrong: string } {
  if (isEmpty(answer)) return { wrong: `${name} is empty` };
  const encoded = encodeAnswer(example, answer, options);
  if (typeof encoded === "string") return { wrong: encoded.replace("ANSWER", name) };
  const length = encoded.prompt.length + encoded.answer.length;
  if (encoded.prompt.length === 0) return { wrong: "the prompt is empty" };
  if (length > options.contextLength)
    return {
      wrong: `${name} and its prompt have ${length} tokens, more than the contextLength ${options.contextLength}`,
    };
  return encoded;
}

function isEmpty(answer: Side): boolean {
  if (typeof answer === "string") return answer.trim() === "";
  return answer.every(({ content, tool_calls }) => content.trim() === "" && !tool_calls);
}

/** A prompt and one answer as ids, or what is wrong, with ANSWER where the answer's name goes. */
type Encoded = { prompt: Uint32Array; answer: Uint32Array } | string;

/** One answer, which may be empty. */
export function encodeAnswer(
  example: Pick<RankingExample, "prompt" | "tools">,
  answer: Side,
  options: Omit<RankingOptions, "contextLength" | "strict">,
): Encoded {
  return (options.format === undefined ? encodeText : encodeMessages)(example, answer, options);
}

function encodeText(
  { prompt }: Pick<RankingExample, "prompt">,
  answer: Side,
  { tokenizer, endToken }: Pick<RankingOptions, "tokenizer" | "endToken">,
): Encoded {
  if (typeof prompt !== "string" || typeof answer !== "string")
    return "messages need a chat format to become text";
  const ids = [...tokenizer.encode(answer), ...(endToken === undefined ? [] : [endToken])];
  return { prompt: tokenizer.encode(prompt), answer: Uint32Array.from(ids) };
}

function encodeMessages(
  example: Pick<RankingExample, "prompt" | "tools">,
  given: Side,
  options: Pick<RankingOptions, "tokenizer" | "format">,
): Encoded {
  const { tokenizer, format } = options;
  const prompt = asMessages(example.prompt, "user");
  const answer = asMessages(given, "assistant");
  if (prompt.length === 0) return "the prompt is empty";
  if (prompt.at(-1)!.role === "assistant") return "the prompt ends with a message of the assistant";
  const stranger = answer.find(({ role }) => role !== "assistant" && role !== "tool");
  if (stranger)
    return `ANSWER has a message of the role ${stranger.role}, where only assistant and tool belong`;
  const variables = example.tools ? { tools: example.tools } : undefined;
  try {
    const whole = encodeChat(tokenizer, [...prompt, ...answer], { format: format!, variables });
    const asked = encodeChat(tokenizer, prompt, { format: format!, variables, addGenerationPrompt: true });
    const start = asked.ids.length;
    if (asked.ids.some((id, i) => id !== whole.ids[i]))
      return "the chat template writes the prompt differently when an answer follows";
    // What the template puts behind the end of the turn is not the assistant's.
    const end = whole.assistantMask.lastIndexOf(1) + 1;
    return { prompt: whole.ids.slice(0, start), answer: whole.ids.slice(start, end) };
  } catch (cause) {
    return (cause as Error).message;
  }
}
