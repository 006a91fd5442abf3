/**
 * The part of a tokenizer that turns one word into ids, after the text was normalised and cut.
 */

/** A word as ids; id i stands for `word.slice(starts[i], ends[i])`. */
export interface WordTokens {
  ids: number[];
  starts: number[];
  ends: number[];
}

export interface WordModel {
  readonly vocabSize: number;
  tokenize(word: string): WordTokens;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** The `model` object of a `tokenizer.json`. */
  toJSON(): object;
}

/** A vocabulary with both ways to look up. */
export class TokenTable {
  readonly ids: ReadonlyMap<string, number>;
  readonly tokens: ReadonlyMap<number, string>;

  constructor(ids: ReadonlyMap<string, number>) {
    this.ids = ids;
    this.tokens = new Map([...ids].map(([token, id]) => [id, token]));
  }

  get size(): number {
    return this.ids.size;
  }

  /** Tokens and ids in order of id, as `tokenizer.json` lists them. */
  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.ids].sort(([, a], [, b]) => a - b));
  }
}
