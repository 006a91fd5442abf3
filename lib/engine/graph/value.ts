/**
 * The graph: values (typed, shaped arrays, known or yet to be computed) and the nodes that compute them.
 *
 * A value is one of: a **leaf** with data; a **placeholder**, fed at each run of a compiled function; or the
 * output of a **node**. Values never change: a variable that is assigned gets another value. Static shapes
 * only; `int64` appears inside lowerings, never here.
 */
import { outOfMemory } from "../out-of-memory.ts";

export type Dtype = "float32" | "int32" | "bool";
export type Data = Float32Array | Int32Array | Uint8Array;
/** Numbers in a device's memory; they are there when whatever computes them is done. */
export interface Resident {
  /** A copy; waits for it on this thread. */
  readSync(): Data;
  /** A copy; the event loop stays free until it is there. */
  read(): Promise<Data>;
  /** Free the memory. */
  dispose(): void;
}
/** Numbers that are known, here or on a device. */
export type Known = Data | Resident;
export type Shape = readonly number[];
export type Attribute = number | string | boolean | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;

/** One operation: what it is called, what it reads, and the values it produces. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** Counts up with each node that is recorded. */
  readonly serial: number;
  /** What is repeated, for a loop. */
  readonly body?: Plan;
}

/** A typed, shaped array: known (`data`) or the output of `producer`. */
export interface Value {
  readonly shape: Shape;
  readonly dtype: Dtype;
  /** Position among its producer's outputs. */
  readonly position: number;
  /** The node that computes it; dropped once `data` is known, so that the graph behind it can be freed. */
  producer: Node | undefined;
  data: Known | undefined;
  /** Part of the program itself, not an input of it: baked into the compiled graph. */
  readonly constant: boolean;
  /**
   * Somebody besides the owning tensor may still look at `data`: a caller of dataSync, a recorded node, a
   * second tensor. Its memory is then left to the garbage collector and never overwritten.
   */
  shared: boolean;
}

/** Values to compute, and how. */
export interface Plan {
  /** Nodes in an order in which each comes after what it reads. */
  readonly nodes: readonly Node[];
  /** Values to feed: leaves with data and placeholders, in order of first use. */
  readonly inputs: readonly Value[];
  readonly constants: readonly Value[];
  /** The wanted values, in the order they were asked for. */
  readonly outputs: readonly Value[];
  /** The number of a value, shared by values that were found to be equal. */
  numberOf(value: Value): number;
  /** Equal for plans that compute the same function of their inputs. */
  readonly key: string;
}

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/**
 * A zeroed array for `size` elements of `dtype`.
 * @throws GradbookError when there is not enough memory for it
 */
export function allocate(dtype: Dtype, size: number): Data {
  const Type = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype];
  try {
    return new Type(size);
  } catch (cause) {
    throw outOfMemory(size * Type.BYTES_PER_ELEMENT, cause);
  }
}

export const isResident = (data: Known | undefined): data is Resident =>
  data !== undefined && "readSync" in data;

/** Known numbers here, copied from the device if they are there. */
export const hostData = (known: Known): Data => (isResident(known) ? known.readSync() : known);

/** The numbers of a value that is known, copied from the device if they are there. */
export const numbersOf = ({ data }: Value): Data => hostData(data!);

/** A value whose data is known. */
export function leaf(data: Known, shape: Shape, dtype: Dtype): Value {
  return { shape, dtype, position: 0, producer: undefined, data, constant: false, shared: false };
}

/** A known value that belongs to the program: it is part of the structural key and of the compiled graph. */
export function constant(data: Data, shape: Shape, dtype: Dtype): Value {
  return { shape, dtype, position: 0, producer: undefined, data, constant: true, shared: true };
}

/** A value that is fed at each run. */
export function placeholder(shape: Shape, dtype: Dtype): Value {
  return { shape, dtype, position: 0, producer: undefined, data: undefined, constant: false, shared: false };
}

/** The type of one output of a node. */
export interface OutputType {
  readonly shape: Shape;
  readonly dtype: Dtype;
}

let next = 1;
/** The number of the node that is recorded next. */
export const nextSerial = (): number => next;

/** Record a node with several outputs. */
export function node(
  op: string,
  inputs: readonly Value[],
  attributes: Attributes,
  outputs: readonly OutputType[],
  body?: Plan,
): Value[] {
  for (const input of inputs) input.shared = true;
  const made: Value[] = [];
  const recorded: Node = { op, inputs, attributes, outputs: made, serial: next++, body };
  outputs.forEach(({ shape, dtype }, position) =>
    made.push({
      shape,
      dtype,
      position,
      producer: recorded,
      data: undefined,
      constant: false,
      shared: false,
    }),
  );
  return made;
}

/** Record a node with one output. An output without elements is known at once and records nothing. */
export function node1(
  op: string,
  inputs: readonly Value[],
  shape: Shape,
  dtype: Dtype,
  attributes: Attributes = {},
): Value {
  if (sizeOf(shape) === 0) return leaf(allocate(dtype, 0), shape, dtype);
  return node(op, inputs, attributes, [{ shape, dtype }])[0];
}
