/**
 * Unigram (Kudo 2018, arXiv 1804.10959): every token has a log-probability, and a word is cut so that their sum
 * is largest (Viterbi).
 *
 * A character that no token covers counts as the unknown token at ten nats below the rarest token; unknown
 * neighbours are joined. Left out: sampling among cuts (sub-word regularisation).
 */
import { fail, shown } from "../../core/errors.ts";
import { byteToken } from "./character-bpe.ts";
import { TokenTrie } from "./token-trie.ts";
import type { WordModel, WordTokens } from "./model.ts";

/** How far below the rarest token an unknown character is, nats. */
const UNKNOWN_PENALTY = 10;

export interface UnigramParts {
  /** Tokens with their log-probabilities (nats), by id. */
  vocab: readonly (readonly [token: string, score: number])[];
  unknownId?: number;
  /** Whether unknown characters are written as byte tokens. */
  byteFallback: boolean;
  /** Which tokens are found in text; default all. */
  isMatched?: (id: number) => boolean;
  /** The score that unknown characters are placed below; default the lowest of all tokens. */
  lowestScore?: number;
  /** Whether sums are rounded to 32 bits, as SentencePiece does; ties between cuts hang on that. */
  singlePrecision?: boolean;
  where: string;
}

export class Unigram implements WordModel {
  readonly parts: UnigramParts;
  private readonly ids: ReadonlyMap<string, number>;
  private readonly trie: TokenTrie;
  private readonly scores: Float64Array;
  private readonly unknownScore: number;
  private readonly byteTokens: readonly (number | undefined)[];
  /** Per position of the word: the best score of a cut that ends there, its last token and where that starts. */
  private best = new Float64Array(256);
  private lastToken = new Int32Array(256);
  private lastStart = new Int32Array(256);

  constructor(parts: UnigramParts) {
    const { vocab, unknownId, where } = parts;
    if (vocab.length === 0) fail(`${where}.vocab`, { expected: "at least one token", got: "none" });
    if (unknownId !== undefined && unknownId >= vocab.length) {
      fail(`${where}.unk_id`, { expected: `an id below ${vocab.length}`, got: unknownId });
    }
    this.parts = parts;
    this.ids = new Map(vocab.map(([token], id) => [token, id]));
    const { isMatched } = parts;
    this.trie = new TokenTrie(isMatched ? [...this.ids].filter(([, id]) => isMatched(id)) : this.ids);
    this.scores = Float64Array.from(vocab, ([, score]) => score);
    const lowest =
      parts.lowestScore ?? this.scores.reduce((least, score) => Math.min(least, score), Infinity);
    const unknownScore = lowest - UNKNOWN_PENALTY;
    this.unknownScore = parts.singlePrecision === true ? Math.fround(unknownScore) : unknownScore;
    this.byteTokens = Array.from({ length: 256 }, (_, byte) => this.ids.get(byteToken(byte)));
  }

  get vocabSize(): number {
    return this.parts.vocab.length;
  }

  tokenize(word: string): WordTokens {
    this.findBestCut(word);
    const { unknownId } = this.parts;
    const cuts: { id: number; start: number; end: number }[] = [];
    for (let end = word.length; end > 0;) {
      const start = this.lastStart[end];
      const id = this.lastToken[end];
      const after = cuts.at(-1);
      if (id === unknownId && after?.id === unknownId) after.start = start;
      else cuts.push({ id, start, end });
      end = start;
    }
    const tokens: WordTokens = { ids: [], starts: [], ends: [] };
    for (const { id, start, end } of cuts.reverse()) {
      for (const written of id === unknownId ? this.writeUnknown(word.slice(start, end), id) : [id]) {
        tokens.ids.push(written);
        tokens.starts.push(start);
        tokens.ends.push(end);
      }
    }
    return tokens;
  }

  private findBestCut(word: string): void {
    if (word.length >= this.best.length) {
      this.best = new Float64Array(word.length * 2);
      this.lastToken = new Int32Array(word.length * 2);
      this.lastStart = new Int32Array(word.length * 2);
    }
    const { best, lastToken, lastStart, scores } = this;
    const rounded = this.parts.singlePrecision === true ? Math.fround : (score: number) => score;
    best.fill(-Infinity, 0, word.length + 1);
    best[0] = 0;
    for (let start = 0; start < word.length;) {
      const next = start + (word.codePointAt(start)! > 0xffff ? 2 : 1);
      const isCovered = this.trie.forEachPrefix(word, start, (end, id) => {
        const score = rounded(best[start] + scores[id]);
        if (score > best[end]) {
          best[end] = score;
          lastToken[end] = id;
          lastStart[end] = start;
        }
        return end === next;
      });
      if (!isCovered) {
        const score = rounded(best[start] + this.unknownScore);
        if (score > best[next]) {
          best[next] = score;
          lastToken[next] = this.unknown(word);
          lastStart[next] = start;
        }
      }
      start = next;
    }
  }

  private unknown(word: string): number {
    const { unknownId, where } = this.parts;
    if (unknownId !== undefined) return unknownId;
    fail(where, { expected: "text that the vocabulary covers, as there is no unk_id", got: shown(word) });
  }

  /** The ids of unknown characters: a token that happens to be spelt so, their bytes, or the unknown token. */
  private writeUnknown(text: string, unknownId: number): number[] {
    const known = this.ids.get(text);
    if (known !== undefined) return [known];
    if (!this.parts.byteFallback) return [unknownId];
    const bytes = Array.from(Buffer.from(text), (byte) => this.byteTokens[byte]);
    return bytes.every((id) => id !== undefined) ? bytes : [unknownId];
  }

  tokenToId(token: string): number | undefined {
    return this.ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.parts.vocab[id]?.[0];
  }

  toJSON(): object {
    const { vocab, unknownId, byteFallback } = this.parts;
    return { type: "Unigram", unk_id: unknownId ?? null, vocab, byte_fallback: byteFallback };
  }
}
