/**
 * Whole words as tokens: what is in the vocabulary gets its id, everything else is the unknown token.
 */
import { fail, shown } from "../../core/errors.ts";
import { TokenTable } from "./model.ts";
import type { WordModel, WordTokens } from "./model.ts";

export interface WordLevelParts {
  vocab: ReadonlyMap<string, number>;
  unknown: string;
  where: string;
}

export class WordLevel implements WordModel {
  private readonly table: TokenTable;
  private readonly unknown: string;
  private readonly where: string;

  constructor({ vocab, unknown, where }: WordLevelParts) {
    this.table = new TokenTable(vocab);
    this.unknown = unknown;
    this.where = where;
  }

  get vocabSize(): number {
    return this.table.size;
  }

  tokenize(word: string): WordTokens {
    const id = this.table.ids.get(word) ?? this.table.ids.get(this.unknown);
    if (id === undefined) {
      fail(this.where, {
        expected: `words of the vocabulary, or an unknown token ${shown(this.unknown)} in it`,
        got: shown(word),
      });
    }
    return { ids: [id], starts: [0], ends: [word.length] };
  }

  tokenToId(token: string): number | undefined {
    return this.table.ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.table.tokens.get(id);
  }

  toJSON(): object {
    return { type: "WordLevel", vocab: this.table.toJSON(), unk_token: this.unknown };
  }
}
