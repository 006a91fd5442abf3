/** Answers that are good or bad by themselves as token ids, as KTO learns from them; `unpair` of gradbook/data makes them of pairs. */
import { fail } from "../../core/errors.ts";
import type { Judgement } from "../../data/format/examples.ts";
import { encodeUsable, type RankingOptions } from "./rankings.ts";

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
  const judgements: TokenJudgement[] = [];
  const refused: EncodedJudgements["refused"] = [];
  let number = 0;
  for (const { completion, label, ...example } of examples) {
    const encoded = encodeUsable(example, completion, "the answer", options);
    if (!("wrong" in encoded)) judgements.push({ ...encoded, good: label });
    else if (options.strict)
      fail(`judgement ${number}`, { expected: "an answer to learn from", got: encoded.wrong });
    else refused.push({ number, reason: encoded.wrong });
    number++;
  }
  if (judgements.length === 0)
    fail("encodeJudgements", {
      expected: "at least one answer to learn from",
      got: number === 0 ? "none at all" : `${number}, all refused; the first because ${refused[0].reason}`,
    });
  return { judgements, refused };
}
