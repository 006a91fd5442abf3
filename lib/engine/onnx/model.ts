/**
 * An ONNX graph under construction: nodes, initializers, inputs and outputs by name.
 *
 * Field numbers follow onnx.proto3 (IR version 10, operator set 20). Names are made here; equal int64
 * initializers (axes, shapes) are written once.
 */
import type { Data, Dtype, Shape } from "../graph/value.ts";
import type { Boundary } from "./boundary.ts";
import { Message } from "./protobuf.ts";

/** ONNX element types, as TensorProto.DataType numbers them. */
export const ELEMENT_TYPE = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  double: 11,
  uint32: 12,
} as const;
export type ElementType = keyof typeof ELEMENT_TYPE;

const IR_VERSION = 10;
const OPSET = 20;
const CONTRIB_DOMAIN = "com.microsoft";
const ATTRIBUTE = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

/** A number that is a float attribute; plain numbers are integer attributes. */
export const asFloat = (value: number): { float: number } => ({ float: value });
export type OnnxAttribute = number | string | readonly number[] | { float: number } | OnnxGraph;

export class OnnxGraph {
  readonly #name: string;
  readonly #message = new Message();
  readonly #shared = new Map<string, string>();
  #next = 0;

  /** Only operators of the ONNX standard may be used. */
  readonly standard: boolean;
  /** Of a main graph whose inputs and outputs may be seen in other shapes. */
  readonly #boundary: Boundary | undefined;

  constructor(
    name: string,
    { standard = false, boundary }: { standard?: boolean; boundary?: Boundary } = {},
  ) {
    this.#name = name;
    this.standard = standard;
    this.#boundary = boundary;
  }

  /** `name` in another shape: an input over the same memory where that is possible, else a Reshape. */
  reshaped(name: string, shape: Shape): string {
    return this.#boundary?.reshapedInput(name, shape) ?? this.emit("Reshape", [name, this.int64(shape)]);
  }

  /** Where to write `output` in another shape: it itself where that is possible, else a name to reshape from. */
  writtenAs(output: string, shape: Shape): string {
    return this.#boundary?.reshapeOutput(output, shape) ? output : this.fresh();
  }

  /** A name nothing in the graph has yet. Nested graphs see outer names, so each graph has its prefix. */
  fresh(): string {
    return `${this.#name}${this.#next++}`;
  }

  /** Append a node; returns the name of its first output. `outputs` names the others (or the first). */
  emit(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    outputs: readonly string[] = [this.fresh()],
    domain: "" | typeof CONTRIB_DOMAIN = "",
  ): string {
    const node = new Message();
    for (const input of inputs) node.string(1, input);
    for (const output of outputs) node.string(2, output);
    node.string(4, type);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    if (domain) node.string(7, domain);
    this.#message.message(1, node);
    return outputs[0];
  }

  /** Append a node of ONNX Runtime's own operator domain. */
  emitContrib(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    outputs: readonly string[] = [this.fresh()],
  ): string {
    return this.emit(type, inputs, attributes, outputs, CONTRIB_DOMAIN);
  }

  /** An int64 initializer: a vector, or a scalar when given a number. */
  int64(values: number | readonly number[]): string {
    const list = typeof values === "number" ? [values] : values;
    const shape = typeof values === "number" ? [] : [list.length];
    const key = `int64[${shape}]${list}`;
    let name = this.#shared.get(key);
    if (name === undefined) {
      name = this.fresh();
      this.#shared.set(key, name);
      this.#initializer(name, "int64", shape, BigInt64Array.from(list, BigInt));
    }
    return name;
  }

  /** A float32 scalar initializer. */
  float(value: number): string {
    return this.#scalar("float32", Float32Array.of(value));
  }

  /** An int32 scalar initializer. */
  int32(value: number): string {
    return this.#scalar("int32", Int32Array.of(value));
  }

  /** A uint32 scalar initializer. */
  uint32(value: number): string {
    return this.#scalar("uint32", Uint32Array.of(value));
  }

  #scalar(type: ElementType, data: Data | Uint32Array): string {
    const key = `${type} ${data[0]}`;
    let name = this.#shared.get(key);
    if (name === undefined) {
      name = this.fresh();
      this.#shared.set(key, name);
      this.#initializer(name, type, [], data);
    }
    return name;
  }

  /** Data that belongs to the model. */
  initializer(dtype: Dtype, shape: Shape, data: Data, name = this.fresh()): string {
    this.#initializer(name, dtype, shape, data);
    return name;
  }

  input(name: string, dtype: ElementType, shape: Shape): void {
    this.#message.message(11, valueInfo(name, dtype, shape));
  }

  output(name: string, dtype: ElementType, shape: Shape): void {
    this.#message.message(12, valueInfo(name, dtype, shape));
  }

  /** The graph as a nested message; nothing may be added afterwards. */
  message(): Message {
    return this.#message.string(2, this.#name);
  }

  /** The encoded model with this as its main graph. */
  encodeModel(): Uint8Array {
    const model = new Message()
      .integer(1, IR_VERSION)
      .string(2, "gradbook")
      .message(7, this.message())
      .message(8, new Message().string(1, "").integer(2, OPSET));
    if (!this.standard) model.message(8, new Message().string(1, CONTRIB_DOMAIN).integer(2, 1));
    return model.encode();
  }

  #initializer(
    name: string,
    type: ElementType,
    shape: Shape,
    data: Data | BigInt64Array | Uint32Array,
  ): void {
    const tensor = new Message();
    for (const extent of shape) tensor.integer(1, extent);
    tensor.integer(2, ELEMENT_TYPE[type]).string(8, name);
    tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#message.message(5, tensor);
  }
}

function attribute(name: string, value: OnnxAttribute): Message {
  const message = new Message().string(1, name);
  if (typeof value === "number") return message.integer(3, value).integer(20, ATTRIBUTE.int);
  if (typeof value === "string") return message.string(4, value).integer(20, ATTRIBUTE.string);
  if (value instanceof OnnxGraph) return message.message(6, value.message()).integer(20, ATTRIBUTE.graph);
  if ("float" in value) return message.float(2, value.float).integer(20, ATTRIBUTE.float);
  for (const entry of value) message.integer(8, entry);
  return message.integer(20, ATTRIBUTE.ints);
}

function valueInfo(name: string, dtype: ElementType, shape: Shape): Message {
  const dimensions = new Message();
  for (const extent of shape) dimensions.message(1, new Message().integer(1, extent));
  const tensor = new Message().integer(1, ELEMENT_TYPE[dtype]).message(2, dimensions);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}
