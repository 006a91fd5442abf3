/**
 * Character tokenizer: every character that the training text holds is one token.
 *
 * The smallest tokenizer there is: nothing to learn but the alphabet, nothing to get wrong, and sequences four
 * times as long as with byte pairs. Good for a first model, where each token can be read by eye.
 * A character is a Unicode code point. Left out: normalization, combining characters as one unit.
 */
import { fail, shown } from "../core/errors.ts";
import type { DecodeOptions, DecodeStream, Encoding, Tokenizer } from "./tokenizer.ts";

export interface CharTokenizerOptions {
  /**
   * Spelling of a token for characters that the training text did not hold, e.g. `"<unk>"`.
   * Without it such a character is an error, which names it.
   */
  unknown?: string;
}

/**
 * A tokenizer whose vocabulary is the characters of `text`, in code-point order.
 *
 * @throws GradbookError when the text is empty
 * @example
 * const tokenizer = trainCharTokenizer("hello");   // e h l o
 * tokenizer.encode("hole");                        // [1, 3, 2, 0]
 */
export function trainCharTokenizer(text: string, options: CharTokenizerOptions = {}): CharTokenizer {
  if (text === "") fail("trainCharTokenizer", { expected: "a text to take the characters from", got: '""' });
  const characters = [...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  return new CharTokenizer(characters, options);
}

export class CharTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly special: ReadonlyMap<string, number>;
  /** Spellings by id: the characters, then the unknown token if there is one. */
  private readonly tokens: readonly string[];
  private readonly ids: ReadonlyMap<string, number>;
  private readonly unknown: string | undefined;

  constructor(characters: readonly string[], { unknown }: CharTokenizerOptions = {}) {
    this.tokens = unknown === undefined ? characters : [...characters, unknown];
    this.ids = new Map(this.tokens.map((token, id) => [token, id]));
    this.unknown = unknown;
    this.vocabSize = this.tokens.length;
    this.special = new Map(unknown === undefined ? [] : [[unknown, this.vocabSize - 1]]);
    if (this.ids.size !== this.tokens.length)
      fail("CharTokenizer", {
        expected: "every token once",
        got: `${shown(this.tokens)} with a repeated one`,
      });
  }

  encode(text: string): Uint32Array {
    const ids = new Uint32Array(text.length);
    let length = 0;
    for (const character of text) ids[length++] = this.idOf(character);
    return ids.subarray(0, length);
  }

  encodeBatch(texts: readonly string[]): Uint32Array[] {
    return texts.map((text) => this.encode(text));
  }

  encodeWithOffsets(text: string): Encoding {
    const offsets: [number, number][] = [];
    let start = 0;
    for (const character of text) offsets.push([start, (start += character.length)]);
    return { ids: this.encode(text), offsets };
  }

  decode(ids: Iterable<number>, { skipSpecial = false }: DecodeOptions = {}): string {
    let text = "";
    for (const id of ids) {
      const token = this.tokens[id];
      if (token === undefined)
        fail("CharTokenizer.decode", { expected: `ids below ${this.vocabSize}`, got: id });
      if (!(skipSpecial && token === this.unknown)) text += token;
    }
    return text;
  }

  decodeStream(options?: DecodeOptions): DecodeStream {
    return { push: (id) => this.decode([id], options), end: () => "" };
  }

  tokenToId(token: string): number | undefined {
    return this.ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.tokens[id];
  }

  /** A `tokenizer.json`: a vocabulary of words, where every character is cut off as a word of its own. */
  toJSON(): object {
    const unknown = this.unknown ?? "<unk>";
    return {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [...this.special].map(([content, id]) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: null,
      pre_tokenizer: { type: "Split", pattern: { Regex: "[\\s\\S]" }, behavior: "Isolated", invert: false },
      post_processor: null,
      decoder: { type: "Fuse" },
      model: { type: "WordLevel", vocab: Object.fromEntries(this.ids), unk_token: unknown },
    };
  }

  /** The tokenizer of an object that `toJSON` made. @throws GradbookError for any other tokenizer's object */
  static fromJSON(json: unknown): CharTokenizer {
    const { model, added_tokens: added } = (json ?? {}) as {
      model?: { type?: string; vocab?: Record<string, number> };
      added_tokens?: { content: string }[];
    };
    const vocab = Object.entries(model?.vocab ?? {}).sort((a, b) => a[1] - b[1]);
    const unknown = added?.[0]?.content;
    const characters = vocab.map(([token]) => token).filter((token) => token !== unknown);
    const wrong = characters.find((token) => [...token].length !== 1);
    if (model?.type !== "WordLevel" || vocab.some(([, id], index) => id !== index) || wrong !== undefined)
      fail("CharTokenizer.fromJSON", {
        expected: "a tokenizer.json whose words are single characters with ids 0, 1, 2, …",
        got: wrong === undefined ? shown(json) : `the word ${shown(wrong)}`,
      });
    return new CharTokenizer(characters, { unknown });
  }

  private idOf(character: string): number {
    const id = this.ids.get(character) ?? this.special.values().next().value;
    if (id === undefined)
      return fail("CharTokenizer.encode", {
        expected: `one of the ${this.vocabSize} characters of the training text`,
        got: shown(character),
        hint: 'leave it out, or train with { unknown: "<unk>" }',
      });
    return id;
  }
}
