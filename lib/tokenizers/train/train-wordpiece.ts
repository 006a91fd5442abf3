/**
 * A WordPiece vocabulary as BERT's (arXiv 1810.04805): merges are learned as for byte pairs, on characters, with
 * "##" before what continues a word; encoding then takes the longest token that fits.
 *
 * As in Hugging Face's trainer the pairs are chosen by frequency, not by likelihood as in Schuster and Nakajima
 * (2012). Theirs numbers the continuing characters in the random order of a hash map, so ties fall differently
 * from run to run; here they are numbered as they appear, and the same corpus gives the same vocabulary.
 */
import { fail, shown } from "../../core/errors.ts";
import { tokenizerFromJson } from "../pipeline/read-json.ts";
import type { PipelineTokenizer } from "../pipeline/pipeline-tokenizer.ts";
import { controlTokenJson } from "../write-byte-level.ts";
import { countWords } from "./count-words.ts";
import { learnMerges } from "./learn-merges.ts";
import type { SymbolWords } from "./learn-merges.ts";

export interface TrainWordPieceOptions {
  /** Number of tokens, special ones and single characters included. */
  vocabSize: number;
  /** Drop case and accents. Default true, as bert-base-uncased. */
  lowercase?: boolean;
  /** Pairs that occur less often do not merge. Default 2. */
  minFrequency?: number;
  /** Characters kept, the most frequent; words with others are unknown. Default 1000. */
  alphabetLimit?: number;
  onProgress?: (size: number) => void;
}

const PREFIX = "##";
const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/**
 * A BERT-style tokenizer learned from texts: `[CLS] … [SEP]` around every text, `##` inside words.
 *
 * @example trainWordPiece([book], { vocabSize: 8192 }).encode("Call me Ishmael.")
 */
export function trainWordPiece(texts: Iterable<string>, options: TrainWordPieceOptions): PipelineTokenizer {
  const { vocabSize, lowercase = true, minFrequency = 2, alphabetLimit = 1000, onProgress } = options;
  const normalizer = {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase,
  };
  const counts = countWords(texts, normalizer, { type: "BertPreTokenizer" }, "trainWordPiece");
  const tokens = [...SPECIAL, ...alphabetOf(counts, alphabetLimit)];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const idOf = (token: string) => {
    let id = ids.get(token);
    if (id === undefined) ids.set(token, (id = tokens.push(token) - 1));
    return id;
  };
  const words = wordsAsCharacters(counts, ids, idOf);
  if (!Number.isInteger(vocabSize) || vocabSize < tokens.length) {
    fail("trainWordPiece vocabSize", {
      expected: `at least ${tokens.length} (special tokens and characters)`,
      got: shown(vocabSize),
      hint: "or a smaller alphabetLimit",
    });
  }
  learnMerges(words, {
    vocabSize,
    minFrequency,
    size: () => tokens.length,
    join: (left, right) =>
      idOf(tokens[left] + tokens[right].slice(tokens[right].startsWith(PREFIX) ? PREFIX.length : 0)),
    onProgress,
  });
  return tokenizerFromJson(bertJson(ids, normalizer), "wordpiece tokenizer");
}

/** The most frequent characters, in order of code point. */
function alphabetOf(counts: ReadonlyMap<string, number>, limit: number): string[] {
  const frequency = new Map<string, number>();
  for (const [word, count] of counts) {
    for (const character of word) frequency.set(character, (frequency.get(character) ?? 0) + count);
  }
  return [...frequency]
    .sort(([, a], [, b]) => b - a)
    .slice(0, limit)
    .map(([character]) => character)
    .sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
}

function wordsAsCharacters(
  counts: ReadonlyMap<string, number>,
  ids: ReadonlyMap<string, number>,
  idOf: (token: string) => number,
): SymbolWords {
  const symbols: number[] = [];
  const starts = [0];
  for (const word of counts.keys()) {
    let isFirst = true;
    for (const character of word) {
      if (ids.has(character)) symbols.push(idOf(isFirst ? character : PREFIX + character));
      isFirst = false;
    }
    starts.push(symbols.length);
  }
  return {
    symbols: Int32Array.from(symbols),
    starts: Int32Array.from(starts),
    counts: Int32Array.from(counts.values()),
  };
}

function bertJson(vocab: ReadonlyMap<string, number>, normalizer: object): object {
  const token = (id: string, typeId: number) => ({ SpecialToken: { id, type_id: typeId } });
  const text = (id: "A" | "B", typeId: number) => ({ Sequence: { id, type_id: typeId } });
  const named = (id: string) => ({ id, ids: [vocab.get(id)!], tokens: [id] });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((name, id) => controlTokenJson(name, id)),
    normalizer,
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [token("[CLS]", 0), text("A", 0), token("[SEP]", 0)],
      pair: [token("[CLS]", 0), text("A", 0), token("[SEP]", 0), text("B", 1), token("[SEP]", 1)],
      special_tokens: { "[CLS]": named("[CLS]"), "[SEP]": named("[SEP]") },
    },
    decoder: { type: "WordPiece", prefix: PREFIX, cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: PREFIX,
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocab),
    },
  };
}
