/**
 * A tokenizer as Hugging Face composes them: find added tokens → normalise → cut into words → model → frame,
 * and for the way back a decoder. It gives the same ids and offsets as their library for the same
 * `tokenizer.json`.
 *
 * Without offsets to track, a byte-level BPE takes the fast way of `BytePairEncoder`.
 * Left out: the overflow that truncation cuts off, sequences that come cut into words already.
 */
import { fail } from "../../core/errors.ts";
import { checkText } from "../byte-level-bpe.ts";
import type { BytePairEncoder } from "../byte-pair-encoder.ts";
import { IdBuffer } from "../byte-pair-encoder.ts";
import { textUnits } from "../bytes.ts";
import type { WordModel, WordTokens } from "../models/model.ts";
import type { DecodeOptions, DecodeStream, EncodeOptions, Encoding, Tokenizer } from "../tokenizer.ts";
import { addedTokenFinder } from "./added-tokens.ts";
import type { AddedToken, AddedTokenFinder, Segment } from "./added-tokens.ts";
import { AlignedText } from "./aligned-text.ts";
import type { Decoder } from "./decoders.ts";
import { paddedLength, truncate } from "./limits.ts";
import type { Padding, Truncation } from "./limits.ts";
import type { Normalizer } from "./normalizer.ts";
import { controlRow, joinRows } from "./post-processors.ts";
import type { IdRow, PostProcessor } from "./post-processors.ts";
import type { PreTokenizer } from "./pre-tokenizers.ts";
import { windowedStream } from "./windowed-stream.ts";

export interface PipelineParts {
  /** Named in errors, e.g. `"tokenizer.json"`. */
  name: string;
  /** The whole file, which `toJSON` gives back; undefined when it came from another format. */
  json: object | undefined;
  model: WordModel;
  addedTokens: readonly AddedToken[];
  normalizer?: Normalizer;
  preTokenizer?: PreTokenizer;
  postProcessor?: PostProcessor;
  decoder?: Decoder;
  truncation?: Truncation;
  padding?: Padding;
  /** Whether cutting depends on where in the original a piece begins, so that this is kept track of always. */
  needsAlignment: boolean;
  /** The quick way for byte-level BPE, when cutting and model allow it. */
  bytePairEncoder?: BytePairEncoder;
}

/** An encoding with what models such as BERT take besides ids; all lists have the same length. */
export interface FramedEncoding extends Encoding {
  /** Which text of a pair an id belongs to. */
  typeIds: Uint8Array;
  /** 0 for padding, else 1. */
  attentionMask: Uint8Array;
  /** 1 for ids that the frame or padding added, else 0. */
  specialMask: Uint8Array;
}

/** Words remembered with their ids; then the memory starts over. */
const MAX_WORDS = 1 << 16;

export class PipelineTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly special: ReadonlyMap<string, number>;
  readonly model: WordModel;
  readonly parts: PipelineParts;
  private readonly added: ReadonlyMap<number, AddedToken>;
  private readonly addedIds: ReadonlyMap<string, number>;
  private readonly findRaw: AddedTokenFinder;
  private readonly findNormalized: AddedTokenFinder;
  private readonly words = new Map<string, WordTokens>();
  private readonly buffer = new IdBuffer();

  constructor(parts: PipelineParts) {
    const { addedTokens, model, normalizer } = parts;
    this.parts = parts;
    this.model = model;
    this.added = new Map(addedTokens.map((token) => [token.id, token]));
    this.addedIds = new Map(addedTokens.map((token) => [token.content, token.id]));
    this.special = new Map(
      addedTokens.filter((token) => token.special).map((token) => [token.content, token.id]),
    );
    this.vocabSize = addedTokens.reduce((size, { id }) => Math.max(size, id + 1), model.vocabSize);
    this.findRaw = addedTokenFinder(addedTokens.filter((token) => !token.normalized));
    this.findNormalized = addedTokenFinder(
      addedTokens.filter((token) => token.normalized),
      normalizer,
    );
  }

  encode(text: string, options: EncodeOptions = {}): Uint32Array {
    return this.encodeBatch([text], options)[0];
  }

  /** The ids of many texts; with padding in the file, all get the length of the longest. */
  encodeBatch(texts: readonly string[], options: EncodeOptions = {}): Uint32Array[] {
    const rows = texts.map((text) => this.frame([this.rowOf(text, options, false)], options));
    return this.padded(rows).map((encoding) => encoding.ids);
  }

  encodeWithOffsets(text: string, options: EncodeOptions = {}): FramedEncoding {
    return this.padded([this.frame([this.rowOf(text, options, true)], options)])[0];
  }

  /** Two texts in one frame, such as a question and a passage: `[CLS] A [SEP] B [SEP]`. */
  encodePair(first: string, second: string, options: EncodeOptions = {}): FramedEncoding {
    const rows = [this.rowOf(first, options, true), this.rowOf(second, options, true)];
    rows[1].typeIds.fill(1);
    return this.padded([this.frame(rows, options)])[0];
  }

  private rowOf(text: string, options: EncodeOptions, wantsOffsets: boolean): IdRow {
    checkText(text, this.parts.name);
    const tracked = wantsOffsets || this.parts.needsAlignment;
    const row: IdRow = { text, ids: [], offsets: [], typeIds: [], special: [] };
    for (const { piece, id } of this.segments(text, options, tracked)) {
      if (id !== undefined) pushId(row, id, piece.offsets(0, piece.text.length));
      else if (!tracked && this.parts.bytePairEncoder !== undefined) this.pushFast(row, piece.text);
      else this.pushPiece(row, piece, tracked);
    }
    row.typeIds = row.ids.map(() => 0);
    row.special = row.ids.map(() => 0);
    return row;
  }

  /** The text cut at added tokens, what is between normalised. */
  private *segments(text: string, { allowedSpecial }: EncodeOptions, tracked: boolean): Iterable<Segment> {
    for (const name of allowedSpecial === "all" ? [] : (allowedSpecial ?? [])) {
      if (!this.special.has(name)) {
        fail(`${this.parts.name} allowedSpecial`, {
          expected: [...this.special.keys()].join(" | "),
          got: name,
        });
      }
    }
    const isAllowed = ({ special, content }: AddedToken) =>
      !special || allowedSpecial === "all" || (allowedSpecial?.includes(content) ?? false);
    const { normalizer } = this.parts;
    for (const segment of this.findRaw(new AlignedText(text.toWellFormed()), isAllowed)) {
      if (segment.id !== undefined) {
        yield segment;
        continue;
      }
      let { piece } = segment;
      if (normalizer !== undefined) {
        piece = tracked
          ? normalizer.steps(piece.text).reduce((current, step) => current.rewrite(step), piece)
          : piece.withText(normalizer.plain(piece.text));
      }
      yield* this.findNormalized(piece, isAllowed);
    }
  }

  private pushFast(row: IdRow, text: string): void {
    this.parts.bytePairEncoder!.encode(textUnits(text), 0, text.length, this.buffer);
    for (const id of this.buffer.take()) row.ids.push(id);
  }

  private pushPiece(row: IdRow, piece: AlignedText, tracked: boolean): void {
    const words = this.parts.preTokenizer?.(piece, tracked) ?? [piece];
    for (const word of words) {
      if (word.text === "") continue;
      const { ids, starts, ends } = this.wordTokens(word.text);
      for (let i = 0; i < ids.length; i++) {
        row.ids.push(ids[i]);
        if (tracked) row.offsets.push(word.offsets(starts[i], ends[i]));
      }
    }
  }

  private wordTokens(word: string): WordTokens {
    let tokens = this.words.get(word);
    if (tokens === undefined) {
      tokens = this.model.tokenize(word);
      if (this.words.size >= MAX_WORDS) this.words.clear();
      if (word.length <= 64) this.words.set(word, tokens);
    }
    return tokens;
  }

  private frame(rows: IdRow[], { addSpecialTokens = true }: EncodeOptions): IdRow {
    const { truncation, postProcessor } = this.parts;
    let framed = rows;
    if (truncation !== undefined) {
      const frameLength = addSpecialTokens ? (postProcessor?.added(rows.length > 1) ?? 0) : 0;
      framed = truncate(framed, truncation, truncation.maxLength - frameLength);
    }
    return joinRows(postProcessor?.process(framed, addSpecialTokens) ?? framed);
  }

  private padded(rows: IdRow[]): FramedEncoding[] {
    const { padding } = this.parts;
    const longest = rows.reduce((length, row) => Math.max(length, row.ids.length), 0);
    return rows.map((row) => {
      const missing =
        padding === undefined ? 0 : Math.max(0, paddedLength(padding, longest) - row.ids.length);
      const pad = controlRow(new Array<number>(missing).fill(padding?.id ?? 0), padding?.typeId ?? 0);
      const isLeft = padding?.direction === "Left";
      const { ids, offsets, typeIds, special } =
        missing === 0 ? row : joinRows(isLeft ? [pad, row] : [row, pad]);
      const attentionMask = new Uint8Array(ids.length).fill(1);
      attentionMask.fill(0, isLeft ? 0 : row.ids.length, isLeft ? missing : ids.length);
      return {
        ids: Uint32Array.from(ids),
        offsets,
        typeIds: Uint8Array.from(typeIds),
        attentionMask,
        specialMask: Uint8Array.from(special),
      };
    });
  }

  decode(ids: Iterable<number>, { skipSpecial = false }: DecodeOptions = {}): string {
    const tokens: string[] = [];
    let index = 0;
    for (const id of ids) {
      const token = this.decoderToken(id);
      if (token === undefined) {
        fail(`${this.parts.name} decode`, {
          expected: "ids of this vocabulary",
          got: `${id} at index ${index}`,
        });
      }
      if (!skipSpecial || !this.special.has(token)) tokens.push(token);
      index++;
    }
    const { decoder } = this.parts;
    if (decoder === undefined) return tokens.join(" ");
    return tokens.length === 0 ? "" : decoder(tokens).join("");
  }

  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return windowedStream((ids) => this.decode(ids, options));
  }

  tokenToId(token: string): number | undefined {
    return this.addedIds.get(token) ?? this.model.tokenToId(token);
  }

  idToToken(id: number): string | undefined {
    return this.added.get(id)?.content ?? this.model.idToToken(id);
  }

  /** As `idToToken`; an added token that is looked for in normalised text has its normalised spelling. */
  private decoderToken(id: number): string | undefined {
    const added = this.added.get(id);
    if (added === undefined) return this.model.idToToken(id);
    return added.normalized ? (this.parts.normalizer?.plain(added.content) ?? added.content) : added.content;
  }

  toJSON(): object {
    const { json, name } = this.parts;
    return (
      json ?? fail(`${name} toJSON`, { expected: "a tokenizer from a tokenizer.json", got: "another format" })
    );
  }
}

function pushId(row: IdRow, id: number, offsets: [number, number]): void {
  row.ids.push(id);
  row.offsets.push(offsets);
}
