/**
 * WordPiece (Schuster and Nakajima 2012; BERT, arXiv 1810.04805): a word is taken apart from the left, each time
 * with the longest token that fits; what continues a word is written with a prefix, `##`.
 * A word that cannot be written completely is the unknown token as a whole.
 */
import { fail, shown } from "../../core/errors.ts";
import { TokenTable } from "./model.ts";
import type { WordModel, WordTokens } from "./model.ts";

export interface WordPieceParts {
  vocab: ReadonlyMap<string, number>;
  unknown: string;
  prefix: string;
  /** Longer words, in characters, are unknown. */
  longestWord: number;
  where: string;
}

export class WordPiece implements WordModel {
  private readonly table: TokenTable;
  private readonly parts: WordPieceParts;
  private readonly unknownId: number;
  /** No token is longer than this; saves look-ups. */
  private readonly longestToken: number;

  constructor(parts: WordPieceParts) {
    this.parts = parts;
    this.table = new TokenTable(parts.vocab);
    const unknownId = parts.vocab.get(parts.unknown);
    if (unknownId === undefined) {
      fail(`${parts.where}.unk_token`, { expected: "a token of the vocabulary", got: shown(parts.unknown) });
    }
    this.unknownId = unknownId;
    this.longestToken = [...parts.vocab.keys()].reduce(
      (longest, token) => Math.max(longest, token.length),
      0,
    );
  }

  get vocabSize(): number {
    return this.table.size;
  }

  tokenize(word: string): WordTokens {
    const { longestWord, prefix } = this.parts;
    const tokens: WordTokens = { ids: [], starts: [], ends: [] };
    const isTooLong = word.length > longestWord && [...word].length > longestWord;
    for (let start = 0; start < word.length && !isTooLong;) {
      const before = start > 0 ? prefix : "";
      let end = Math.min(word.length, start + this.longestToken);
      let id: number | undefined;
      for (; end > start; end--) {
        id = this.table.ids.get(before + word.slice(start, end));
        if (id !== undefined) break;
      }
      if (id === undefined) break;
      tokens.ids.push(id);
      tokens.starts.push(start);
      tokens.ends.push(end);
      start = end;
    }
    const isWhole = tokens.ends.at(-1) === word.length;
    return isWhole ? tokens : { ids: [this.unknownId], starts: [0], ends: [word.length] };
  }

  tokenToId(token: string): number | undefined {
    return this.table.ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.table.tokens.get(id);
  }

  toJSON(): object {
    const { unknown, prefix, longestWord } = this.parts;
    return {
      type: "WordPiece",
      unk_token: unknown,
      continuing_subword_prefix: prefix,
      max_input_chars_per_word: longestWord,
      vocab: this.table.toJSON(),
    };
  }
}
