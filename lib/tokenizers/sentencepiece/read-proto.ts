/**
 * A SentencePiece `.model` file: a protocol buffer with the pieces, their scores and a few settings.
 *
 * Only the fields that encoding needs are read; the numbers are those of sentencepiece_model.proto.
 */
import { fail } from "../../core/errors.ts";

/** What a piece is for. */
export type PieceType = "normal" | "unknown" | "control" | "user" | "unused" | "byte";
const pieceTypes: Record<number, PieceType> = {
  1: "normal",
  2: "unknown",
  3: "control",
  4: "user",
  5: "unused",
  6: "byte",
};

const modelTypes: Record<number, "unigram" | "bpe" | "word" | "char"> = {
  1: "unigram",
  2: "bpe",
  3: "word",
  4: "char",
};

export interface SentencePieceFile {
  pieces: { piece: string; score: number; type: PieceType }[];
  modelType: "unigram" | "bpe" | "word" | "char";
  byteFallback: boolean;
  /** What the unknown token reads like after decoding. */
  unknownSurface: string;
  /** White space ends a word instead of beginning it. */
  spaceIsSuffix: boolean;
  charsmap: Uint8Array;
  addDummyPrefix: boolean;
  removeExtraSpaces: boolean;
  escapeSpaces: boolean;
}

/** Read the content of a `.model` file. `where` names it in errors. */
export function readSentencePieceFile(content: Uint8Array, where: string): SentencePieceFile {
  const pieces: SentencePieceFile["pieces"] = [];
  let trainer: Fields = new Map();
  let normalizer: Fields = new Map();
  const model = readFields(content, where);
  for (const value of model.get(1) ?? []) {
    const fields = readFields(asBytes(value, where), where);
    const type = pieceTypes[Number(fields.get(3)?.[0] ?? 1)];
    const piece = textField(fields, 1, "", where);
    if (type === undefined)
      fail(`${where} piece ${pieces.length}`, { expected: "a known type", got: fields.get(3)?.[0] });
    pieces.push({ piece, score: floatField(fields, 2, where), type });
  }
  if (pieces.length === 0) fail(where, { expected: "a SentencePiece model", got: "a file without pieces" });
  for (const value of model.get(2) ?? []) trainer = readFields(asBytes(value, where), where);
  for (const value of model.get(3) ?? []) normalizer = readFields(asBytes(value, where), where);
  const flag = (fields: Fields, number: number, otherwise: boolean) => {
    const value = fields.get(number)?.at(-1);
    return value === undefined ? otherwise : value !== 0;
  };
  const charsmap = normalizer.get(2)?.at(-1);
  return {
    pieces,
    modelType: modelTypes[Number(trainer.get(3)?.at(-1) ?? 1)],
    byteFallback: flag(trainer, 35, false),
    unknownSurface: textField(trainer, 44, " \u2047 ", where),
    spaceIsSuffix: flag(trainer, 24, false),
    charsmap: charsmap === undefined ? new Uint8Array() : asBytes(charsmap, where),
    addDummyPrefix: flag(normalizer, 3, true),
    removeExtraSpaces: flag(normalizer, 4, true),
    escapeSpaces: flag(normalizer, 5, true),
  };
}

/** The values of a message by field number: whole numbers, or bytes. */
type Fields = Map<number, (number | Uint8Array)[]>;

function readFields(bytes: Uint8Array, where: string): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const broken = (): never =>
    fail(where, { expected: "a SentencePiece model", got: `a broken field at byte ${at}` });
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= bytes.length) broken();
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return broken();
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) broken();
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key % 8;
    const value =
      wire === 0
        ? varint()
        : wire === 1
          ? take(8)
          : wire === 2
            ? take(varint())
            : wire === 5
              ? take(4)
              : broken();
    const number = Math.floor(key / 8);
    const values = fields.get(number);
    if (values === undefined) fields.set(number, [value]);
    else values.push(value);
  }
  return fields;
}

function asBytes(value: number | Uint8Array, where: string): Uint8Array {
  return typeof value === "number" ? fail(where, { expected: "a nested message", got: value }) : value;
}

function textField(fields: Fields, number: number, otherwise: string, where: string): string {
  const value = fields.get(number)?.at(-1);
  return value === undefined ? otherwise : Buffer.from(asBytes(value, where)).toString("utf8");
}

function floatField(fields: Fields, number: number, where: string): number {
  const value = fields.get(number)?.at(-1);
  return value === undefined ? 0 : Buffer.from(asBytes(value, where)).readFloatLE(0);
}
