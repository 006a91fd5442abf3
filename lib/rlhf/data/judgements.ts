/** Answers that are good or bad by themselves as token ids, as KTO learns from them; `unpair` of gradbook/data makes them of pairs. */
import type { Judgement } from "../../data/format/examples.ts";
import { encodeUsable, sifted, type RankingOptions } from "./rankings.ts";

export type JudgementExample = Omit<Judgement, "kind">;

export interface TokenJudgement {
  prompt: Uint32Array;
  /** With what ends it. */
  answer: Uint32Array;
  good: boolean;
}

/** What can be learned from, and what was left out and why. */
export interface EncodedJudgements {
  judgements: TokenJudgement[];
  refused: { number: number; reason: string }[];
}

/**
 * @throws GradbookError when none is left, and with `strict` at the first one that is refused, naming it
 * @example encodeJudgements([{ prompt: "2+2=", completion: "4", label: true }], { tokenizer, contextLength: 64 })
 */
export function encodeJudgements(
  examples: Iterable<JudgementExample>,
  options: RankingOptions,
): EncodedJudgements {
  const encode = ({
    completion,
    label,
    ...example
  }: JudgementExample): TokenJudgement | { wrong: string } => {
    const encoded = encodeUsable(example, completion, "the answer", options);
    return "wrong" in encoded ? encoded : { ...encoded, good: label };
  };
  const { kept, refused } = sifted(examples, encode, {
    ...{ where: "encodeJudgements", one: "judgement", lesson: "an answer", least: "answer" },
    strict: options.strict,
  });
  return { judgements: kept, refused };
}
