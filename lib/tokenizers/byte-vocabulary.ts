/**
 * The tokens of a byte-level vocabulary: id → bytes and bytes → id.
 *
 * All bytes lie in one array, and the way back is an open-addressing hash table of (hash, id) pairs in a typed
 * array: 200,000 tokens cost 5 MB and load in milliseconds, where a Map of strings takes ten times both.
 */
import { fail } from "../core/errors.ts";

const MULTIPLIER = 0x01000193;

/** FNV-1a over `bytes[start, end)`. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], MULTIPLIER);
  return hash ^ (hash >>> 15);
}

export class ByteVocabulary {
  /** Number of ids, gaps included. */
  readonly size: number;
  /** The bytes of token `id` are `bytes[starts[id], starts[id + 1])`; an id without token has none. */
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  /** The same bytes to be read eight at a time, from any place inside: eight unused ones follow the last token. */
  readonly view: DataView;
  /** Pairs (hash, id + 1) by open addressing; a zero id means the slot is free. */
  private readonly slots: Int32Array;
  private readonly mask: number;

  /** Copy token bytes laid out one after another; an id that has no token has no bytes. */
  constructor(bytes: Uint8Array, starts: Uint32Array) {
    const padded = new Uint8Array(bytes.length + 8);
    padded.set(bytes);
    this.view = new DataView(padded.buffer);
    this.bytes = padded.subarray(0, bytes.length);
    this.starts = starts;
    this.size = starts.length - 1;
    this.mask = (1 << Math.ceil(Math.log2(this.size * 2 + 2))) - 1;
    this.slots = new Int32Array((this.mask + 1) * 2);
    for (let id = 0; id < this.size; id++) {
      if (starts[id + 1] > starts[id]) this.insert(id);
    }
  }

  private insert(id: number): void {
    const start = this.starts[id];
    const end = this.starts[id + 1];
    const hash = hashBytes(this.bytes, start, end);
    const slot = this.findSlot(this.bytes, start, end, hash);
    // A repeated token keeps its first id.
    if (this.slots[slot + 1] !== 0) return;
    this.slots[slot] = hash;
    this.slots[slot + 1] = id + 1;
  }

  /** The slot that holds these bytes, or the free one where they would go. */
  private findSlot(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const { slots, mask } = this;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[2 * slot + 1];
      if (entry === 0 || (slots[2 * slot] === hash && this.holds(entry - 1, bytes, start, end)))
        return 2 * slot;
    }
  }

  private holds(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.starts[id];
    if (this.starts[id + 1] - own !== end - start) return false;
    for (let at = start; at < end; at++) {
      if (this.bytes[own + at - start] !== bytes[at]) return false;
    }
    return true;
  }

  /** The id of `bytes[start, end)`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.slots[this.findSlot(bytes, start, end, hashBytes(bytes, start, end)) + 1] - 1;
  }

  /** The bytes of an id (a view, not a copy); empty when the id has no token. */
  token(id: number): Uint8Array {
    return this.bytes.subarray(this.starts[id], this.starts[id + 1]);
  }

  /** The ids of the 256 single bytes; all of them must exist, or some text could not be encoded. */
  byteIds(where: string): Int32Array {
    const single = new Uint8Array(1);
    return Int32Array.from({ length: 256 }, (_, byte) => {
      single[0] = byte;
      const id = this.find(single, 0, 1);
      if (id < 0) {
        fail(where, {
          expected: "a token for each of the 256 bytes",
          got: `none for byte 0x${byte.toString(16).padStart(2, "0")}`,
        });
      }
      return id;
    });
  }
}

/** Lay tokens out one after another; `tokens[id]` undefined leaves that id without token. */
export function byteVocabulary(tokens: ArrayLike<Uint8Array | undefined>): ByteVocabulary {
  const starts = new Uint32Array(tokens.length + 1);
  for (let id = 0; id < tokens.length; id++) starts[id + 1] = starts[id] + (tokens[id]?.length ?? 0);
  const bytes = new Uint8Array(starts[tokens.length]);
  for (let id = 0; id < tokens.length; id++) bytes.set(tokens[id] ?? [], starts[id]);
  return new ByteVocabulary(bytes, starts);
}
