/**
 * A vocabulary of whole words: the most frequent ones, and one token for all the others.
 */
import { fail, shown } from "../../core/errors.ts";
import { tokenizerFromJson } from "../pipeline/read-json.ts";
import type { PipelineTokenizer } from "../pipeline/pipeline-tokenizer.ts";
import { controlTokenJson } from "../write-byte-level.ts";
import { countWords } from "./count-words.ts";

export interface TrainWordOptions {
  /** Number of tokens, special ones included. */
  vocabSize: number;
  /** Control tokens, the first ids; the first one stands for unknown words. Default `["[UNK]"]`. */
  special?: readonly string[];
  /** Rarer words are left out. Default 1. */
  minFrequency?: number;
  /** Whether case is dropped. Default false. */
  lowercase?: boolean;
}

/**
 * A word tokenizer learned from texts: words and runs of signs are tokens, white space is dropped.
 * Equally frequent words are taken in alphabetical order, as Hugging Face's trainer does.
 *
 * @example trainWordTokenizer([book], { vocabSize: 10_000 }).encode("Call me Ishmael.")
 */
export function trainWordTokenizer(texts: Iterable<string>, options: TrainWordOptions): PipelineTokenizer {
  const { vocabSize, special = ["[UNK]"], minFrequency = 1, lowercase = false } = options;
  if (!Number.isInteger(vocabSize) || vocabSize <= special.length) {
    fail("trainWordTokenizer vocabSize", {
      expected: `more than the ${special.length} special tokens`,
      got: shown(vocabSize),
    });
  }
  if (special.length === 0)
    fail("trainWordTokenizer special", { expected: "a token for unknown words", got: "none" });
  const normalizer = lowercase ? { type: "Lowercase" } : null;
  const preTokenizer = { type: "Whitespace" };
  const counts = countWords(texts, normalizer, preTokenizer, "trainWordTokenizer");
  const words = [...counts]
    .filter(([word, count]) => count >= minFrequency && !special.includes(word))
    .sort(([a, countA], [b, countB]) => countB - countA || Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .slice(0, vocabSize - special.length)
    .map(([word]) => word);
  return tokenizerFromJson(
    {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: special.map((token, id) => controlTokenJson(token, id)),
      normalizer,
      pre_tokenizer: preTokenizer,
      post_processor: null,
      decoder: null,
      model: {
        type: "WordLevel",
        vocab: Object.fromEntries([...special, ...words].map((token, id) => [token, id])),
        unk_token: special[0],
      },
    },
    "word tokenizer",
  );
}
