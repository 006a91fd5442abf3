/**
 * safetensors: the file format of weights on Hugging Face. Eight bytes of header length, a JSON header that says
 * where each tensor lies, and the tensors' bytes without gaps.
 *
 * Nothing in the file is executed, and nothing is believed: lengths, dtypes, shapes and positions are checked
 * before a byte is read. Format: huggingface/safetensors, README. Left out: lazy reading of single tensors.
 */
import { fail, shown } from "../core/errors.ts";

/** A tensor of a file. Half precision is widened to float32 on reading. */
export interface StoredTensor {
  dtype: DType;
  shape: readonly number[];
  data: TensorData;
}

type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint16Array;

const BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

export type DType = keyof typeof BYTES;

/** The header of a file of 1,000 layers is below a megabyte; a larger one is an attack or damage. */
const LONGEST_HEADER = 100_000_000;

/** Header and tensors start at multiples of this, so that readers may map the file into memory. */
const ALIGNMENT = 8;

/**
 * The bytes of a file that holds float32 tensors, in the given order.
 *
 * @param metadata free text by name
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
  metadata: Readonly<Record<string, string>> = {},
): Buffer {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [offset, (offset += data.byteLength)] };
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces after the JSON are part of the header.
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const file = Buffer.alloc(8 + length + offset, " ");
  file.writeBigUInt64LE(BigInt(length), 0);
  json.copy(file, 8);
  let at = 8 + length;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * The tensors of a file.
 *
 * @param where names the file in errors
 * @throws GradbookError when the file is cut off, or its header contradicts itself or the file
 */
export function decodeSafetensors(
  file: Uint8Array,
  where: string,
): { tensors: Map<string, StoredTensor>; metadata: Record<string, string> } {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const length = headerLength(buffer, where);
  const { __metadata__: metadata = {}, ...entries } = parseHeader(
    buffer.toString("utf8", 8, 8 + length),
    where,
  );
  const body = buffer.subarray(8 + length);
  const tensors = new Map<string, StoredTensor>();
  let expectedStart = 0;
  for (const [name, entry] of orderedEntries(entries, where)) {
    const [start, end] = entry.data_offsets;
    const bytes = BYTES[entry.dtype] * entry.shape.reduce((size, dimension) => size * dimension, 1);
    if (start !== expectedStart || end - start !== bytes || end > body.length)
      fail(where, {
        expected: `${bytes} bytes for ${name} from byte ${expectedStart} of ${body.length}`,
        got: `bytes ${start} to ${end}`,
        hint: "the file is damaged or cut off",
      });
    tensors.set(name, { ...entry, data: readData(body.subarray(start, end), entry.dtype) });
    expectedStart = end;
  }
  if (expectedStart !== body.length)
    fail(where, {
      expected: `${expectedStart} bytes of tensors`,
      got: body.length,
      hint: "the file is damaged",
    });
  return { tensors, metadata: metadata as Record<string, string> };
}

function headerLength(buffer: Buffer, where: string): number {
  const length = buffer.length < 8 ? -1 : Number(buffer.readBigUInt64LE(0));
  if (length < 2 || length > LONGEST_HEADER || 8 + length > buffer.length)
    fail(where, {
      expected: "a safetensors file",
      got: buffer.length < 8 ? `${buffer.length} bytes` : `a header of ${length} bytes in ${buffer.length}`,
      hint: "the file is damaged, cut off, or of another kind",
    });
  return length;
}

function parseHeader(json: string, where: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (cause) {
    fail(where, { expected: "a JSON header", got: shown(json), hint: "the file is damaged", cause });
  }
  if (header === null || typeof header !== "object" || Array.isArray(header))
    fail(where, { expected: "an object as header", got: header });
  return header as Record<string, unknown>;
}

interface Entry {
  dtype: DType;
  shape: number[];
  data_offsets: [number, number];
}

/** The entries by position in the file, each checked to be one. */
function orderedEntries(entries: Record<string, unknown>, where: string): [string, Entry][] {
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  for (const [name, value] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>;
    const known = typeof dtype === "string" && Object.hasOwn(BYTES, dtype);
    const shaped = Array.isArray(shape) && shape.every(isCount);
    const placed = Array.isArray(offsets) && offsets.length === 2 && offsets.every(isCount);
    if (!known || !shaped || !placed)
      fail(where, {
        expected: `dtype (${Object.keys(BYTES).join(" ")}), shape and data_offsets for ${name}`,
        got: value,
      });
  }
  return Object.entries(entries as Record<string, Entry>).sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
}

function readData(bytes: Uint8Array, dtype: DType): TensorData {
  // A copy, because typed arrays need aligned memory.
  const { buffer } = Uint8Array.from(bytes);
  switch (dtype) {
    case "F64":
      return new Float64Array(buffer);
    case "F32":
      return new Float32Array(buffer);
    case "F16":
      return Float32Array.from(new Uint16Array(buffer), widenHalf);
    case "BF16": {
      // bfloat16 is the upper half of a float32.
      const words = Uint32Array.from(new Uint16Array(buffer), (half) => half << 16);
      return new Float32Array(words.buffer);
    }
    case "I64":
      return new BigInt64Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "I16":
      return new Int16Array(buffer);
    case "I8":
      return new Int8Array(buffer);
    case "U16":
      return new Uint16Array(buffer);
    case "U8":
    case "BOOL":
      return new Uint8Array(buffer);
  }
}

/** IEEE half precision: 1 sign bit, 5 exponent bits, 10 fraction bits. */
function widenHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
