/**
 * Learning a Unigram vocabulary (Kudo 2018, arXiv 1804.10959): start from all frequent substrings, fit their
 * probabilities by expectation maximisation, drop those whose loss costs the least likelihood, repeat.
 *
 * The M step uses digamma (a sparse prior) as SentencePiece and Hugging Face do; seeds are counted by how often
 * they occur in the corpus. Left out: seeds across words, self-tests.
 */
import { fail, shown } from "../../core/errors.ts";
import { tokenizerFromJson } from "../pipeline/read-json.ts";
import type { PipelineTokenizer } from "../pipeline/pipeline-tokenizer.ts";
import { controlTokenJson } from "../write-byte-level.ts";
import { countWords } from "./count-words.ts";
import { SubstringTrie } from "./substring-trie.ts";
import { UnigramLattice } from "./unigram-lattice.ts";

export interface TrainUnigramOptions {
  /** Number of tokens, special ones and single characters included. */
  vocabSize: number;
  /** Control tokens, the first ids; the first one stands for unknown characters. Default `<unk> <s> </s>`. */
  special?: readonly string[];
  /** Longest token, in UTF-16 units. Default 16. */
  longestToken?: number;
  /** Which part of the tokens survives a round of pruning. Default 0.75. */
  shrinkingFactor?: number;
  /** Called after each round with the number of tokens left. */
  onProgress?: (size: number) => void;
}

/** Words of more units are cut for training: products of their probabilities would leave the range of doubles. */
const LONGEST_WORD = 200;

/** Pieces expected less often go at once. */
const LEAST_EXPECTED = 0.5;

/** How many seeds to start from, per token wanted. */
const SEEDS_PER_TOKEN = 12;

/** About how unlikely a unit of text is (nats), which keeps products of probabilities near one. */
const UNITS_OFFSET = 2;

interface Pieces {
  texts: string[];
  /** Their rows in the lattice of the pieces themselves. */
  rows: Int32Array;
  scores: Float64Array;
}

/**
 * A Unigram tokenizer learned from texts: NFKC-normalised, blanks written as "▁" before each word.
 *
 * @example trainUnigram([book], { vocabSize: 8192 }).encode("Call me Ishmael.")
 */
export function trainUnigram(texts: Iterable<string>, options: TrainUnigramOptions): PipelineTokenizer {
  const {
    vocabSize,
    special = ["<unk>", "<s>", "</s>"],
    longestToken = 16,
    shrinkingFactor = 0.75,
    onProgress,
  } = options;
  if (special.length === 0)
    fail("trainUnigram special", { expected: "a token for unknown characters", got: "none" });
  const normalizer = { type: "NFKC" };
  const preTokenizer = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
  const counts = cutLong(countWords(texts, normalizer, preTokenizer, "trainUnigram"));
  const characters = new Set([...counts.keys()].flatMap((word) => [...word]));
  const room = vocabSize - special.length;
  if (!Number.isInteger(vocabSize) || room < characters.size) {
    fail("trainUnigram vocabSize", {
      expected: `at least ${characters.size + special.length} (characters and special tokens)`,
      got: shown(vocabSize),
    });
  }
  const learned = learnPieces(counts, { room, longestToken, shrinkingFactor, onProgress });
  const vocab = [
    ...special.map((token): [string, number] => [token, 0]),
    ...finalPieces(learned, characters, room),
  ];
  return tokenizerFromJson(
    {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: special.map((token, id) => controlTokenJson(token, id)),
      normalizer,
      pre_tokenizer: preTokenizer,
      post_processor: null,
      decoder: preTokenizer,
      model: { type: "Unigram", unk_id: 0, vocab, byte_fallback: false },
    },
    "unigram tokenizer",
  );
}

function cutLong(counts: ReadonlyMap<string, number>): Map<string, number> {
  const cut = new Map<string, number>();
  for (const [word, count] of counts) {
    const characters = word.length > LONGEST_WORD ? [...word] : [];
    if (characters.length === 0) cut.set(word, (cut.get(word) ?? 0) + count);
    for (let start = 0; start < characters.length; start += LONGEST_WORD / 2) {
      const part = characters.slice(start, start + LONGEST_WORD / 2).join("");
      cut.set(part, (cut.get(part) ?? 0) + count);
    }
  }
  return cut;
}

interface LearnOptions {
  room: number;
  longestToken: number;
  shrinkingFactor: number;
  onProgress?: (size: number) => void;
}

function learnPieces(counts: ReadonlyMap<string, number>, options: LearnOptions): Pieces {
  const { room, longestToken, shrinkingFactor, onProgress } = options;
  const words = { words: [...counts.keys()], counts: Float64Array.from(counts.values()) };
  const trie = new SubstringTrie();
  for (const [i, word] of words.words.entries()) trie.add(word, i, words.counts[i], longestToken);
  const { pieceOfNode, texts, scores } = seeds(trie, words.words, room * SEEDS_PER_TOKEN);
  const edges = (word: string, start: number, visit: (end: number, piece: number) => void) =>
    trie.forEachPrefix(word, start, (end, node) => {
      if (pieceOfNode[node] >= 0) visit(end, pieceOfNode[node]);
    });
  const lattices = {
    corpus: new UnigramLattice(words, edges),
    // The pieces themselves as words, to see how each one would be cut if it were gone.
    own: new UnigramLattice({ words: texts, counts: new Float64Array(texts.length).fill(1) }, edges),
  };
  let pieces: Pieces = { texts, rows: Int32Array.from(texts.keys()), scores };
  const enough = Math.floor(room * 1.1);
  for (;;) {
    for (let i = 0; i < 2; i++) pieces = fit(pieces, lattices);
    onProgress?.(pieces.texts.length);
    if (pieces.texts.length <= enough) return pieces;
    pieces = prune(pieces, lattices, Math.max(enough, Math.floor(pieces.texts.length * shrinkingFactor)));
  }
}

/** The most promising substrings, by how often they occur times their length, and every single character. */
function seeds(trie: SubstringTrie, words: readonly string[], most: number) {
  const nodes: number[] = [];
  const isCharacter = (node: number) => trie.lengths[node] <= 2 && [...trie.text(node, words)].length === 1;
  for (let node = 1; node < trie.size; node++) {
    if (trie.counts[node] >= 2 || (trie.counts[node] > 0 && isCharacter(node))) nodes.push(node);
  }
  const weight = (node: number) => (isCharacter(node) ? Infinity : trie.counts[node] * trie.lengths[node]);
  const weights = new Map(nodes.map((node) => [node, weight(node)]));
  nodes.sort((a, b) => weights.get(b)! - weights.get(a)! || a - b);
  nodes.length = Math.min(nodes.length, most);
  const pieceOfNode = new Int32Array(trie.size).fill(-1);
  for (const [piece, node] of nodes.entries()) pieceOfNode[node] = piece;
  const totals = Float64Array.from(nodes, (node) => trie.counts[node] * trie.lengths[node]);
  const logSum = Math.log(totals.reduce((sum, total) => sum + total, 0));
  return {
    pieceOfNode,
    texts: nodes.map((node) => trie.text(node, words)),
    scores: totals.map((total) => Math.log(total) - logSum),
  };
}

interface Lattices {
  corpus: UnigramLattice;
  own: UnigramLattice;
}

/** One round of expectation maximisation; pieces that are hardly expected any more go. */
function fit(pieces: Pieces, lattices: Lattices): Pieces {
  const expected = lattices.corpus.expectedCounts(
    pieces.scores,
    pieces.texts.map((text) => text.length),
    UNITS_OFFSET,
  );
  const kept = [...pieces.texts.keys()].filter((piece) => expected[piece] >= LEAST_EXPECTED);
  const logSum = digamma(kept.reduce((sum, piece) => sum + expected[piece], 0));
  const scores = Float64Array.from(kept, (piece) => digamma(expected[piece]) - logSum);
  return keep(pieces, kept, scores, lattices);
}

/**
 * Drop the pieces whose loss lowers the likelihood least, so that `size` are left. The loss is estimated by
 * giving a piece's occurrences to the pieces that it would be cut into without it.
 */
function prune(pieces: Pieces, lattices: Lattices, size: number): Pieces {
  const { scores, rows } = pieces;
  const frequency = lattices.corpus.bestCounts(scores);
  const sum = frequency.reduce((total, count) => total + count, 0);
  const kept: number[] = [];
  const candidates: { piece: number; loss: number }[] = [];
  for (const piece of scores.keys()) {
    const alternative = lattices.own.bestCut(rows[piece], scores, piece);
    if (alternative === undefined) kept.push(piece);
    else if (frequency[piece] > 0) {
      const count = frequency[piece];
      const logSumWithout = Math.log(sum + count * (alternative.pieces.length - 1));
      let without = 0;
      for (const other of alternative.pieces) without += Math.log(frequency[other] + count) - logSumWithout;
      const loss = (count / sum) * (Math.log(count) - Math.log(sum) - without);
      // A piece that is better cut than kept is only kept for want of others.
      candidates.push({ piece, loss: alternative.score > scores[piece] ? -Infinity : loss });
    }
  }
  candidates.sort((a, b) => b.loss - a.loss || a.piece - b.piece);
  for (const { piece } of candidates.slice(0, Math.max(0, size - kept.length))) kept.push(piece);
  kept.sort((a, b) => a - b);
  return keep(
    pieces,
    kept,
    Float64Array.from(kept, (piece) => scores[piece]),
    lattices,
  );
}

function keep(
  pieces: Pieces,
  kept: readonly number[],
  scores: Float64Array,
  { corpus, own }: Lattices,
): Pieces {
  const renumbered = new Int32Array(pieces.texts.length).fill(-1);
  for (const [to, from] of kept.entries()) renumbered[from] = to;
  corpus.keep(renumbered);
  own.keep(renumbered);
  return {
    texts: kept.map((piece) => pieces.texts[piece]),
    rows: Int32Array.from(kept, (piece) => pieces.rows[piece]),
    scores,
  };
}

/** All characters and the best-scored pieces; a character that was dropped comes back at the lowest score. */
function finalPieces(
  { texts, scores }: Pieces,
  characters: ReadonlySet<string>,
  room: number,
): [string, number][] {
  const scored = new Map(texts.map((text, piece) => [text, scores[piece]]));
  const lowest = scores.reduce((least, score) => Math.min(least, score), 0);
  const vocab: [string, number][] = [...characters].map((text) => [text, scored.get(text) ?? lowest]);
  const others = [...scored].filter(([text]) => !characters.has(text)).sort(([, a], [, b]) => b - a);
  vocab.push(...others.slice(0, room - vocab.length));
  return vocab.sort(([, a], [, b]) => b - a);
}

/** The derivative of ln Γ, by the recurrence up to 7 and the asymptotic series from there. */
function digamma(x: number): number {
  let result = 0;
  for (; x < 7; x++) result -= 1 / x;
  const square = 1 / (x * x);
  return result + Math.log(x) - 0.5 / x - square * (1 / 12 - square * (1 / 120 - square / 252));
}
