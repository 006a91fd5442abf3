/**
 * How a program's inputs and outputs enter its ONNX graph: parts of an input, and an input in another shape, are
 * inputs of their own over the same memory.
 *
 * ONNX Runtime copies an input that is reshaped or split, because it may not hand out its memory under another
 * name; parameters, moments and their next values would be copied at each step. Contiguous parts of a
 * typed array cost nothing here.
 */
import { sizeOf, type Data, type Dtype, type Node, type Shape } from "../graph/value.ts";

/** A contiguous part of a plan's input. */
export interface View {
  /** Position of the input. */
  readonly input: number;
  /** Where the part begins, in elements. */
  readonly offset: number;
  readonly shape: Shape;
  readonly dtype: Dtype;
}

/** The parts that `node` cuts out of a view, in the order of its outputs; undefined when it computes. */
export function cut(node: Node, view: View): View[] | undefined {
  if (node.op === "reshape") return [{ ...view, shape: node.outputs[0].shape }];
  if (node.op !== "split" || node.attributes.axis !== 0) return undefined;
  let { offset } = view;
  return node.outputs.map(({ shape }) => {
    const part = { ...view, offset, shape };
    offset += sizeOf(shape);
    return part;
  });
}

export class Boundary {
  /** The graph's inputs by name. */
  readonly inputs = new Map<string, View>();
  readonly #outputShapes = new Map<string, Shape>();
  readonly #names = new Map<string, string>();
  readonly #unread: ReadonlySet<string>;

  /** @param unread names of outputs that no node of the graph reads */
  constructor(unread: ReadonlySet<string>) {
    this.#unread = unread;
  }

  /** The name of the input that holds a view. */
  nameOf(view: View): string {
    const key = `${view.input} ${view.offset} [${view.shape}]`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `i${this.#names.size}`;
    this.#names.set(key, name);
    this.inputs.set(name, view);
    return name;
  }

  /** The same memory in another shape, when `name` is an input. */
  reshapedInput(name: string, shape: Shape): string | undefined {
    const view = this.inputs.get(name);
    return view && this.nameOf({ ...view, shape });
  }

  /** May the output `name` be written in another shape? Then it is. */
  reshapeOutput(name: string, shape: Shape): boolean {
    if (!this.#unread.has(name)) return false;
    this.#outputShapes.set(name, shape);
    return true;
  }

  /** The shape in which an output is written, when it is not the plan's. */
  outputShape(name: string): Shape | undefined {
    return this.#outputShapes.get(name);
  }
}

/** The elements of a view: the array itself when it is all of it. */
export function elements(data: Data, { offset, shape }: View): Data {
  const size = sizeOf(shape);
  return size === data.length ? data : data.subarray(offset, offset + size);
}
