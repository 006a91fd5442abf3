/**
 * Byte-level byte-pair tokenizer (GPT-2, Radford et al. 2019): every text can be written, because the
 * smallest tokens are the 256 bytes. Behind OpenAI's encodings, and what `trainBpe` gives.
 *
 * Left out: dropout of merges (arXiv 1910.13267).
 */
import { fail, shown } from "../core/errors.ts";
import { byteStream, bytesOfIds, textOfBytes } from "./byte-decoder.ts";
import { pushByteOffsets } from "./byte-offsets.ts";
import { BytePairEncoder, IdBuffer } from "./byte-pair-encoder.ts";
import { spellBytes, textUnits, unspellBytes, validUtf8Length } from "./bytes.ts";
import type { ByteVocabulary } from "./byte-vocabulary.ts";
import type { PairTable } from "./pair-table.ts";
import { SpecialTokens } from "./special-tokens.ts";
import { splitterOf } from "./split/index.ts";
import type { SplitName } from "./split/index.ts";
import { byteLevelJson } from "./write-byte-level.ts";
import type { DecodeOptions, DecodeStream, EncodeOptions, Encoding, Tokenizer } from "./tokenizer.ts";

export interface ByteLevelBpeParts {
  /** Named in errors, e.g. `"gpt2"`. */
  name: string;
  vocabulary: ByteVocabulary;
  pairs: PairTable;
  /** How text is cut into words. */
  split: SplitName;
  /** Whether a word that is a token skips the merges. */
  wholeWordFirst: boolean;
  special: ReadonlyMap<string, number>;
}

export class ByteLevelBpe implements Tokenizer {
  readonly name: string;
  readonly vocabSize: number;
  readonly special: ReadonlyMap<string, number>;
  readonly splitName: SplitName;
  /** The vocabulary, its merges and the cutting rule: what analysis and file formats look into. */
  readonly encoder: BytePairEncoder;
  private readonly specialTokens: SpecialTokens;
  private readonly specialBytes: ReadonlyMap<number, Uint8Array>;
  private readonly out = new IdBuffer();

  constructor({ name, vocabulary, pairs, split, wholeWordFirst, special }: ByteLevelBpeParts) {
    this.name = name;
    this.special = special;
    this.splitName = split;
    this.vocabSize = [...special.values()].reduce((size, id) => Math.max(size, id + 1), vocabulary.size);
    this.encoder = new BytePairEncoder({
      vocabulary,
      pairs,
      split: splitterOf(split),
      wholeWordFirst,
      where: name,
    });
    this.specialTokens = new SpecialTokens(special);
    this.specialBytes = new Map([...special].map(([token, id]) => [id, Buffer.from(token)]));
  }

  encode(text: string, options: EncodeOptions = {}): Uint32Array {
    checkText(text, this.name);
    const units = textUnits(text);
    const { out } = this;
    let start = 0;
    for (const { 0: token, index } of this.specialMatches(text, options)) {
      this.encoder.encode(units, start, index, out);
      out.push(this.special.get(token)!);
      start = index + token.length;
    }
    this.encoder.encode(units, start, text.length, out);
    return out.take();
  }

  encodeBatch(texts: readonly string[], options: EncodeOptions = {}): Uint32Array[] {
    return texts.map((text) => this.encode(text, options));
  }

  encodeWithOffsets(text: string, options: EncodeOptions = {}): Encoding {
    checkText(text, this.name);
    const units = textUnits(text);
    const ids: number[] = [];
    const offsets: [number, number][] = [];
    const encodeStretch = (start: number, end: number) => {
      while (start < end) {
        const stop = this.encoder.split(units, start, end);
        const word = this.encoder.encodeWord(units, start, stop);
        pushByteOffsets(units, start, stop, word.starts, word.count, offsets);
        for (let i = 0; i < word.count; i++) ids.push(word.ids[i]);
        start = stop;
      }
    };
    let start = 0;
    for (const { 0: token, index } of this.specialMatches(text, options)) {
      encodeStretch(start, index);
      ids.push(this.special.get(token)!);
      start = index + token.length;
      offsets.push([index, start]);
    }
    encodeStretch(start, text.length);
    return { ids: Uint32Array.from(ids), offsets };
  }

  /**
   * The ids of bytes that need not be UTF-8. The valid part is cut as text; its last word, together with the
   * first broken byte and all behind it, is merged as one word, as tiktoken does.
   */
  encodeBytes(bytes: Uint8Array): Uint32Array {
    const valid = validUtf8Length(bytes);
    const text = textOfBytes(bytes.subarray(0, valid));
    const head = this.encode(text);
    if (valid === bytes.length) return head;
    let keep = head.length - this.lastWordCount(text);
    // A break between stretches of white space could move when bytes follow, so those go along.
    if (keep < head.length && this.isBlank(head[keep])) {
      while (keep > 0 && this.isBlank(head[keep - 1])) keep--;
    }
    const kept = this.bytesOf(head.subarray(0, keep), false).length;
    const tail = this.encoder.encodeBytesAsWord(bytes.subarray(kept));
    const ids = new Uint32Array(keep + tail.length);
    ids.set(head.subarray(0, keep));
    ids.set(tail, keep);
    return ids;
  }

  private lastWordCount(text: string): number {
    const units = textUnits(text);
    let last = 0;
    for (let at = 0; at < text.length; at = this.encoder.split(units, at, text.length)) last = at;
    return text === "" ? 0 : this.encoder.encodeWord(units, last, text.length).count;
  }

  private isBlank(id: number): boolean {
    return this.encoder.vocabulary.token(id).every((byte) => byte === 32 || byte === 10 || byte === 9);
  }

  decode(ids: Iterable<number>, { skipSpecial = false }: DecodeOptions = {}): string {
    return textOfBytes(this.bytesOf(ids, skipSpecial));
  }

  /** The bytes of ids, which need not be UTF-8. */
  decodeBytes(ids: Iterable<number>, { skipSpecial = false }: DecodeOptions = {}): Uint8Array {
    return this.bytesOf(ids, skipSpecial).slice();
  }

  decodeStream({ skipSpecial = false }: DecodeOptions = {}): DecodeStream {
    return byteStream((id) => this.bytesOf([id], skipSpecial));
  }

  tokenToId(token: string): number | undefined {
    const special = this.special.get(token);
    if (special !== undefined) return special;
    const bytes = unspellBytes(token);
    const id = bytes === undefined ? -1 : this.encoder.vocabulary.find(bytes, 0, bytes.length);
    return id < 0 ? undefined : id;
  }

  idToToken(id: number): string | undefined {
    const special = this.specialTokens.names.get(id);
    if (special !== undefined) return special;
    const bytes = id >= 0 && id < this.encoder.vocabulary.size ? this.encoder.vocabulary.token(id) : [];
    return bytes.length === 0 ? undefined : spellBytes(bytes);
  }

  toJSON(): object {
    const { vocabulary, pairs, wholeWordFirst } = this.encoder;
    return byteLevelJson({ vocabulary, pairs, split: this.splitName, wholeWordFirst, special: this.special });
  }

  private bytesOf(ids: Iterable<number>, skipSpecial: boolean): Uint8Array {
    return bytesOfIds(this.encoder.vocabulary, this.specialBytes, ids, skipSpecial, this.name);
  }

  private specialMatches(text: string, { allowedSpecial }: EncodeOptions): Iterable<RegExpExecArray> {
    const pattern = this.specialTokens.pattern(allowedSpecial, this.name);
    return pattern === undefined ? [] : text.matchAll(pattern);
  }
}

/** Complain about anything that is no string. */
export function checkText(text: unknown, where: string): asserts text is string {
  if (typeof text !== "string") fail(`${where} encode`, { expected: "a string", got: shown(text) });
}
