/**
 * Writing protocol buffers: just enough for an ONNX model.
 *
 * A message is a list of fields, each a key (field number and wire type) and a payload: a varint, four bytes,
 * or a length followed by bytes (strings, nested messages, raw tensors).
 * Source: the protocol buffers encoding specification. Left out: reading, groups, 64-bit fixed fields.
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A message under construction. Methods append one field and return the message. */
export class Message {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** An integer field; negative numbers take ten bytes, as the encoding demands. */
  integer(field: number, value: number | bigint): this {
    return this.#append(varint((field << 3) | VARINT), varint(value));
  }

  /** A float field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#append(varint((field << 3) | FIXED32), bytes);
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#append(varint((field << 3) | LENGTH_DELIMITED), varint(value.length), value);
  }

  message(field: number, value: Message): this {
    this.#append(varint((field << 3) | LENGTH_DELIMITED), varint(value.length));
    return this.#append(...value.#chunks);
  }

  /** The encoded message. */
  encode(): Uint8Array {
    const encoded = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      encoded.set(chunk, offset);
      offset += chunk.length;
    }
    return encoded;
  }

  #append(...chunks: Uint8Array[]): this {
    for (const chunk of chunks) {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
    }
    return this;
  }
}

/** Seven bits a byte, lowest first; the high bit says that more follow. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
