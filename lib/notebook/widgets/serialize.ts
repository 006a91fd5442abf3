/**
 * Widget state on the wire: references to other widgets become strings, bytes travel beside the JSON.
 *
 * Source: Jupyter widgets messaging protocol 2.1. A widget is written `IPY_MODEL_<id>`; a binary value is taken
 * out of the state, and its place is listed in `buffer_paths`.
 */

/** How a widget is recognised, also one made by an earlier version of a reloaded module. */
export const WIDGET = Symbol.for("gradbook.widget");
const REFERENCE = "IPY_MODEL_";

export type Path = (string | number)[];

export interface Packed {
  state: Record<string, unknown>;
  /** Where each buffer belongs; the same order as `buffers`. */
  bufferPaths: Path[];
  buffers: Uint8Array[];
}

/** Prepare state for sending. Bytes inside an array leave a null, so that the others keep their places. */
export function packState(state: object): Packed {
  const bufferPaths: Path[] = [];
  const buffers: Uint8Array[] = [];

  function pack(value: unknown, path: Path): unknown {
    if (value === null || typeof value !== "object") return value;
    if (WIDGET in value) return `${REFERENCE}${(value as unknown as { id: string }).id}`;
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      bufferPaths.push(path);
      buffers.push(bytesOf(value));
      return undefined;
    }
    if (Array.isArray(value)) return value.map((item, index) => pack(item, [...path, index]) ?? null);
    const entries = Object.entries(value).map(([key, item]) => [key, pack(item, [...path, key])]);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  }

  return { state: pack(state, []) as Record<string, unknown>, bufferPaths, buffers };
}

/** Put received buffers back into their places; the state is changed. */
export function putBuffers(state: Record<string, unknown>, paths: Path[], buffers: Uint8Array[]): void {
  paths.forEach((path, index) => {
    const parent = path
      .slice(0, -1)
      .reduce((node: unknown, key) => (node as Record<Path[number], unknown>)[key], state);
    (parent as Record<Path[number], unknown>)[path.at(-1)!] = buffers[index];
  });
}

function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return value instanceof ArrayBuffer
    ? new Uint8Array(value)
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
