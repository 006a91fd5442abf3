/**
 * What the variable panel shows: kind, shape, memory and a glance at each value.
 *
 * Front ends open the comm `gradbook.variables` and send `{ names }`; the answer is `{ variables: Variable[] }`. It is
 * given on the user thread, between two steps of a cell that awaits, so also while a model trains.
 */
import type { Comms } from "./comms.ts";
import { isTensor } from "./views/tensor.ts";

export const VARIABLES_TARGET = "gradbook.variables";

export interface Variable {
  name: string;
  /** `number`, `Float32Array`, `Tensor float32`, the name of a class, … */
  kind: string;
  /** Of tensors, arrays, maps and sets. */
  shape?: number[];
  /** Of numbers in one block: tensors, typed arrays, a model's parameters. */
  bytes?: number;
  /** The value, or what it is made of, in a few words. */
  glance?: string;
}

const MAX_GLANCE = 60;
const BYTES_OF: Record<string, number> = { float32: 4, int32: 4, bool: 1, float16: 2, complex64: 8 };
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** @param read gives the values of names in the cells' scope; those that have none are missing in it */
export function answerVariables(comms: Comms, read: (names: string[]) => Map<string, unknown>): void {
  comms.onCommOpen(VARIABLES_TARGET, (comm, opened) => {
    const answer = ({ names }: { names?: unknown }) => {
      const asked = Array.isArray(names) ? names.map(String).filter((name) => IDENTIFIER.test(name)) : [];
      const values = [...read(asked)].filter(([, value]) => value !== undefined);
      comm.send({ variables: values.map(([name, value]) => describe(name, value)) });
    };
    comm.onMessage = ({ data }) => answer(data);
    answer(opened.data);
  });
}

export function describe(name: string, value: unknown): Variable {
  try {
    return { name, ...facts(value) };
  } catch {
    // A getter or a proxy of the user's that throws.
    return { name, kind: typeof value };
  }
}

function facts(value: unknown): Omit<Variable, "name"> {
  if (typeof value === "function") {
    const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "function";
    return { kind, glance: value.name };
  }
  if (value === null || typeof value !== "object")
    return { kind: value === null ? "null" : typeof value, glance: glance(value) };
  if (isTensor(value)) {
    const { shape, dtype, size, isDisposed } = value;
    const bytes = isDisposed ? 0 : size * (BYTES_OF[dtype] ?? 4);
    return { kind: `Tensor ${dtype}`, shape, bytes, ...(isDisposed && { glance: "disposed" }) };
  }
  const kind = (value.constructor as { name?: string } | undefined)?.name ?? "object";
  if (ArrayBuffer.isView(value)) {
    const { byteLength: bytes, length = bytes } = value as Uint8Array;
    return { kind, shape: [length], bytes };
  }
  if (Array.isArray(value)) return { kind, shape: [value.length], glance: glance(value.slice(0, 5)) };
  if (value instanceof Map || value instanceof Set) return { kind, shape: [value.size] };
  const count = (value as { parameters?: { count?: unknown } }).parameters?.count;
  if (typeof count === "number")
    return { kind, bytes: 4 * count, glance: `${count.toLocaleString("en")} parameters` };
  return { kind, glance: cut(Object.keys(value).join(", ")) };
}

function glance(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value))
    return cut(value.map((item) => (typeof item === "object" ? "…" : glance(item))).join(", "));
  return cut(typeof value === "string" ? JSON.stringify(value.slice(0, MAX_GLANCE)) : String(value));
}

const cut = (text: string): string => (text.length > MAX_GLANCE ? `${text.slice(0, MAX_GLANCE - 1)}…` : text);
