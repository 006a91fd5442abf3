/**
 * Training a byte-level byte-pair vocabulary on a corpus; the merges equal those of Hugging Face's
 * `BpeTrainer` with the byte alphabet, ties included.
 */
import { fail, shown } from "../../core/errors.ts";
import { byteToCharacter, writeUtf8 } from "../bytes.ts";
import { byteVocabulary } from "../byte-vocabulary.ts";
import { ByteLevelBpe, checkText } from "../byte-level-bpe.ts";
import { learnMerges } from "./learn-merges.ts";
import type { SymbolWords } from "./learn-merges.ts";
import { PairTable } from "../pair-table.ts";
import { splitterOf } from "../split/index.ts";
import type { SplitName } from "../split/index.ts";
import { WordCounts } from "./word-counts.ts";

export interface TrainBpeOptions {
  /** Number of tokens, special ones and the 256 bytes included. */
  vocabSize: number;
  /** Control tokens; they get the first ids. Default `["<|endoftext|>"]`. */
  special?: readonly string[];
  /** How text is cut into words, across which nothing merges. Default `"gpt2"`. */
  split?: SplitName;
  /** Pairs that occur less often do not merge. Default 2. */
  minFrequency?: number;
  /** Called now and then with the number of tokens so far. */
  onProgress?: (size: number) => void;
  /** Name of the tokenizer in errors. Default `"bpe"`. */
  name?: string;
}

/**
 * A byte-level BPE tokenizer learned from texts. The vocabulary can come out smaller than asked for when the
 * corpus has no more pairs to join.
 *
 * @param texts read once, one after another; nothing merges across two texts
 * @throws GradbookError when the corpus is empty or the vocabulary is smaller than bytes and special tokens
 * @example trainBpe([book], { vocabSize: 4096 }).encode("Call me Ishmael.")
 */
export function trainBpe(texts: Iterable<string>, options: TrainBpeOptions): ByteLevelBpe {
  const { split = "gpt2" } = options;
  const splitter = splitterOf(split);
  const counts = new WordCounts();
  for (const text of typeof texts === "string" ? [texts] : texts) {
    checkText(text, "trainBpe");
    counts.addText(text, splitter);
  }
  return trainBpeOnWords(counts, options);
}

/** As `trainBpe`, from words that are counted already. */
export function trainBpeOnWords(
  words: WordCounts,
  {
    vocabSize,
    special = ["<|endoftext|>"],
    split = "gpt2",
    minFrequency = 2,
    onProgress,
    name = "bpe",
  }: TrainBpeOptions,
): ByteLevelBpe {
  const base = special.length + 256;
  if (!Number.isInteger(vocabSize) || vocabSize < base) {
    fail("trainBpe vocabSize", {
      expected: `at least ${base} (256 bytes and ${special.length} special tokens)`,
      got: shown(vocabSize),
    });
  }
  if (words.size === 0) fail("trainBpe", { expected: "a corpus with text", got: "no text at all" });

  // The bytes follow the special tokens, in the order of their visible spelling, as in Hugging Face's files.
  const bytesInOrder = Array.from({ length: 256 }, (_, byte) => byte).sort((a, b) =>
    byteToCharacter[a] < byteToCharacter[b] ? -1 : 1,
  );
  const idOfByte = new Int32Array(256);
  for (const [i, byte] of bytesInOrder.entries()) idOfByte[byte] = special.length + i;

  const tokens: string[] = [
    ...special.map(() => ""),
    ...bytesInOrder.map((byte) => String.fromCharCode(byte)),
  ];
  const idOfToken = new Map(tokens.map((token, id) => [token, id]));
  const merges = learnMerges(wordsAsBytes(words, idOfByte), {
    vocabSize,
    minFrequency,
    size: () => tokens.length,
    join(left, right) {
      const token = tokens[left] + tokens[right];
      let id = idOfToken.get(token);
      if (id === undefined) {
        id = tokens.push(token) - 1;
        idOfToken.set(token, id);
      }
      return id;
    },
    onProgress,
  });
  const pairs = new PairTable(merges.length);
  // From the last to the first: a pair learned twice keeps its last rank, as in Hugging Face's files.
  for (let rank = merges.length - 1; rank >= 0; rank--) {
    pairs.add(merges[rank].left, merges[rank].right, rank, merges[rank].merged);
  }
  return new ByteLevelBpe({
    name,
    vocabulary: byteVocabulary(
      tokens.map((token) => (token === "" ? undefined : Buffer.from(token, "latin1"))),
    ),
    pairs,
    split,
    wholeWordFirst: false,
    special: new Map(special.map((token, id) => [token, id])),
  });
}

/** Words of more than one byte as ids of their bytes; a word of one byte has no pair to offer. */
function wordsAsBytes(words: WordCounts, idOfByte: Int32Array): SymbolWords {
  const starts = new Int32Array(words.size + 1);
  const counts = new Int32Array(words.size);
  let symbols = new Int32Array(1 << 16);
  let bytes = new Uint8Array(256);
  let at = 0;
  let index = 0;
  for (const { units, start, end, count } of words.entries()) {
    const most = 3 * (end - start);
    if (most > bytes.length) bytes = new Uint8Array(most * 2);
    if (at + most > symbols.length) {
      const wider = new Int32Array(Math.max(symbols.length * 2, at + most));
      wider.set(symbols);
      symbols = wider;
    }
    const length = writeUtf8(units, start, end, bytes);
    for (let i = 0; i < length; i++) symbols[at++] = idOfByte[bytes[i]];
    counts[index++] = count;
    starts[index] = at;
  }
  return { symbols, starts, counts };
}
