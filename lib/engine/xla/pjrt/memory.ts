/** Memory outside V8's heap, which native code may point into: structures, lists of pointers, texts. */
import koffi from "koffi";
import type { Fields, Kind } from "./structs.ts";

const libc = koffi.load(null);
const calloc = libc.func("void *calloc(size_t, size_t)");
const free = libc.func("void free(void *)");

const SIZE: Record<Kind, number> = { pointer: 8, size: 8, int32: 4, byte: 1 };
/** Every structure begins with its size and a pointer to extensions. */
const HEAD = 16;

/** Bytes at a native address, as long as their owner keeps them. */
export function viewOf(address: bigint, bytes: number): Uint8Array {
  return bytes === 0 ? new Uint8Array(0) : new Uint8Array(koffi.view(address, bytes) as ArrayBuffer);
}

/** The text at a native address. */
export const textAt = (address: bigint, bytes: number): string =>
  Buffer.from(viewOf(address, bytes)).toString("utf8");

/** Keep a shared library for the life of the process; koffi would unload it when its own handle is collected. */
export function pinLibrary(path: string): void {
  const [now, never] = process.platform === "darwin" ? [0x2, 0x80] : [0x2, 0x1000]; // RTLD_NOW, RTLD_NODELETE
  libc.func("void *dlopen(const char *, int)")(path, now | never);
}

/** The address of a pointer that a native function returned; 0 for none. */
export const addressOf = (pointer: unknown): bigint => (pointer ? BigInt(koffi.address(pointer)) : 0n);

/** A zeroed block; `dispose` frees it. */
export class NativeMemory {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** The block as 64-bit numbers: pointers, extents. */
  readonly words: BigUint64Array;

  constructor(length: number) {
    const rounded = Math.max(8, Math.ceil(length / 8) * 8);
    this.address = addressOf(calloc(1, rounded));
    this.bytes = viewOf(this.address, rounded);
    this.words = new BigUint64Array(this.bytes.buffer);
  }

  dispose(): void {
    free(this.address);
  }
}

/** A block that holds `bytes`. */
export function nativeBytes(bytes: Uint8Array): NativeMemory {
  const memory = new NativeMemory(bytes.length);
  memory.bytes.set(bytes);
  return memory;
}

/** A structure of the interface, its fields read and written by name. */
export class NativeStruct extends NativeMemory {
  readonly #fields: ReadonlyMap<string, { offset: number; kind: Kind }>;
  readonly #view: DataView;
  readonly #end: bigint;

  constructor(fields: Fields, values: Readonly<Record<string, bigint | number>> = {}) {
    let end = HEAD;
    const places = Object.entries(fields).map(([name, kind]) => {
      const offset = Math.ceil(end / SIZE[kind]) * SIZE[kind];
      end = offset + SIZE[kind];
      return [name, { offset, kind }] as const;
    });
    super(end);
    this.#fields = new Map(places);
    this.#view = new DataView(this.bytes.buffer);
    this.#end = BigInt(end);
    this.fill(values);
  }

  /** Zero everything, then set these fields. */
  fill(values: Readonly<Record<string, bigint | number>>): void {
    this.bytes.fill(0);
    // The interface's rule: the size ends with the last field, without padding.
    this.#view.setBigUint64(0, this.#end, true);
    for (const name in values) this.set(name, values[name]);
  }

  set(name: string, value: bigint | number): void {
    const { offset, kind } = this.#fields.get(name)!;
    if (kind === "int32") this.#view.setInt32(offset, Number(value), true);
    else if (kind === "byte") this.#view.setUint8(offset, Number(value));
    else this.#view.setBigUint64(offset, BigInt(value), true);
  }

  get(name: string): bigint {
    const { offset, kind } = this.#fields.get(name)!;
    if (kind === "int32") return BigInt(this.#view.getInt32(offset, true));
    return kind === "byte" ? BigInt(this.#view.getUint8(offset)) : this.#view.getBigUint64(offset, true);
  }
}
