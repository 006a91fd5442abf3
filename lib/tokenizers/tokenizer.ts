/**
 * What every tokenizer of this folder can do: text in, ids out, and back.
 *
 * Characters, words, byte-pair merges, WordPiece and Unigram all stand behind this one interface, so a model,
 * a batch loader or a chart never needs to know which kind it holds.
 *
 * Positions in text are UTF-16 indices, as in `text.slice(start, end)`.
 */

export interface EncodeOptions {
  /**
   * Which control tokens (`<|endoftext|>`, `[SEP]`, …) become their own id when they stand in the text.
   * Default: none, their spelling is encoded as ordinary text, so that text from outside cannot forge them.
   */
  allowedSpecial?: "all" | readonly string[];
  /**
   * Whether the frame that the tokenizer's file prescribes is added (`[CLS] … [SEP]`, a begin-of-text token).
   * Default true; tokenizers without such a frame add nothing.
   */
  addSpecialTokens?: boolean;
}

export interface DecodeOptions {
  /** Leave control tokens out of the text. Default false. */
  skipSpecial?: boolean;
}

/** Ids with the stretch of text that each one stands for. */
export interface Encoding {
  ids: Uint32Array;
  /**
   * `[start, end)` per id, UTF-16 indices into the text as it was passed in. Ids that hold only a part of a
   * character's bytes all point at that whole character; ids that stand for no text are `[0, 0]`.
   */
  offsets: [start: number, end: number][];
}

/** Turns ids into text as they come; text appears once its characters are complete. */
export interface DecodeStream {
  /** The text that became complete with this id, often "". */
  push(id: number): string;
  /** What is left at the end: bytes that never became a character show as U+FFFD. */
  end(): string;
}

export interface Tokenizer {
  /** Number of ids: every id is below it. Counts special tokens. */
  readonly vocabSize: number;
  /** Control tokens by their spelling. */
  readonly special: ReadonlyMap<string, number>;
  /** The ids of a text. Lone surrogates count as U+FFFD. */
  encode(text: string, options?: EncodeOptions): Uint32Array;
  /** The ids of many texts, each on its own. */
  encodeBatch(texts: readonly string[], options?: EncodeOptions): Uint32Array[];
  /** The ids of a text and where in the text each one came from. */
  encodeWithOffsets(text: string, options?: EncodeOptions): Encoding;
  /** The text of ids. Ids outside the vocabulary are an error; broken characters become U+FFFD. */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  /** A decoder for ids that arrive one by one, as during generation. It never splits a character. */
  decodeStream(options?: DecodeOptions): DecodeStream;
  /** The id of a token's spelling (byte-level tokens are spelt as in `tokenizer.json`: `"Ġthe"`), if there is one. */
  tokenToId(token: string): number | undefined;
  /** The spelling of an id, if it is in the vocabulary. */
  idToToken(id: number): string | undefined;
  /** The tokenizer as the object that a Hugging Face `tokenizer.json` holds; `saveTokenizer` writes it. */
  toJSON(): object;
}
