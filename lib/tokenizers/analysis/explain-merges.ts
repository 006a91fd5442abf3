/**
 * Why a text is cut the way it is: the words it falls into, and for each word the merges one by one.
 */
import { fail, shown } from "../../core/errors.ts";
import { textUnits, writeUtf8 } from "../bytes.ts";
import { ByteLevelBpe } from "../byte-level-bpe.ts";
import { tokenTexts } from "./compression.ts";

export interface MergeStep {
  /** The tokens after this step. */
  tokens: string[];
  /** Which token was made in this step: its index in `tokens`. Undefined for the first step, the bare bytes. */
  made?: number;
  /** The rank of the merge: low ranks were learned early and go first. */
  rank?: number;
}

export interface WordExplanation {
  word: string;
  /** From single bytes to the final tokens. One step only when the whole word is a token that skips the merges. */
  steps: MergeStep[];
  ids: number[];
  /** Whether the word was looked up as a whole. */
  isWholeToken: boolean;
}

/**
 * Each word of a text with the merges that build its tokens, in the order in which they happen.
 *
 * @example explainMerges(openaiEncoding("gpt2"), "lower")[0].steps.map((step) => step.tokens.join("|"));
 */
export function explainMerges(tokenizer: ByteLevelBpe, text: string): WordExplanation[] {
  if (!(tokenizer instanceof ByteLevelBpe)) {
    fail("explainMerges", { expected: "a byte-level BPE tokenizer", got: shown(tokenizer) });
  }
  const { encoder } = tokenizer;
  const units = textUnits(text).slice(0, text.length);
  const words: WordExplanation[] = [];
  for (let start = 0; start < text.length;) {
    const end = encoder.split(units, start, text.length);
    words.push(explainWord(tokenizer, units.subarray(start, end)));
    start = end;
  }
  return words;
}

function explainWord(tokenizer: ByteLevelBpe, units: Uint16Array): WordExplanation {
  const { vocabulary, pairs, wholeWordFirst } = tokenizer.encoder;
  const bytes = new Uint8Array(3 * units.length);
  const length = writeUtf8(units, 0, units.length, bytes);
  const word = Buffer.from(bytes.subarray(0, length)).toString("utf8");
  const whole = wholeWordFirst ? vocabulary.find(bytes, 0, length) : -1;
  let ids = Array.from(bytes.subarray(0, length), (_, at) => vocabulary.find(bytes, at, at + 1));
  const steps: MergeStep[] = [{ tokens: tokenTexts(tokenizer, ids) }];
  for (;;) {
    let best: { at: number; rank: number; merged: number } | undefined;
    for (let at = 0; at + 1 < ids.length; at++) {
      const slot = pairs.find(ids[at], ids[at + 1]);
      if (slot < 0 || (best !== undefined && pairs.rankAt(slot) >= best.rank)) continue;
      best = { at, rank: pairs.rankAt(slot), merged: pairs.mergedAt(slot) };
    }
    if (best === undefined) break;
    ids = ids.toSpliced(best.at, 2, best.merged);
    steps.push({ tokens: tokenTexts(tokenizer, ids), made: best.at, rank: best.rank });
  }
  if (whole >= 0) return { word, steps: [{ tokens: [word] }], ids: [whole], isWholeToken: true };
  return { word, steps, ids, isWholeToken: false };
}
