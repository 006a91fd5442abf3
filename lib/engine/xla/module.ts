/** StableHLO text under construction: one operation a line, in MLIR's generic form, which changes least. */
import { sizeOf, type Data, type Dtype, type Shape } from "../graph/value.ts";

export type Element = "f32" | "f64" | "bf16" | "i32" | "i1" | "ui8";
/**
 * What matrix products read: float32; its upper 19 bits on devices that have such units ("tf32"); or its upper half.
 * All are summed in float32.
 */
export type Precision = "fp32" | "tf32" | "bf16";
export const PRECISIONS: readonly Precision[] = ["fp32", "tf32", "bf16"];
/** Axes of the two operands of a product, [left's, right's]: what it sums over, and what goes together. */
export interface ProductAxes {
  readonly sum: readonly [readonly number[], readonly number[]];
  readonly together: readonly [readonly number[], readonly number[]];
}
/** A named result and its type. */
export interface Term {
  readonly name: string;
  readonly shape: Shape;
  readonly element: Element;
}

/** Is it cut along its first axis, with a part on each device? */
interface Cut {
  readonly sharded?: boolean;
}

const ELEMENT: Record<Dtype, Element> = { float32: "f32", int32: "i32", bool: "i1" };
export const elementOf = (dtype: Dtype): Element => ELEMENT[dtype];
export const typeText = ({ shape, element }: { shape: Shape; element: Element }): string =>
  `tensor<${[...shape, element].join("x")}>`;
export const integers = (list: readonly number[]): string => `array<i64${list.length ? `: ${list.join(", ")}` : ""}>`; // prettier-ignore

/** A number as a literal; floats by their bits, so that none is rounded. */
function literal(value: number, element: Element): string {
  if (element === "i1") return value ? "true" : "false";
  if (element !== "f32") return String(value);
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  return `0x${bits.toString(16).toUpperCase().padStart(8, "0")}`;
}

export class HloModule {
  readonly precision: Precision;
  /** May it call cuDNN's attention? */
  readonly hasCudnn: boolean;
  readonly #lines: string[] = [];
  #next = 0;

  constructor(precision: Precision = "fp32", hasCudnn = false) {
    [this.precision, this.hasCudnn] = [precision, hasCudnn];
  }

  /** Append an operation; one term for each result type. */
  emit(
    op: string,
    inputs: readonly Term[],
    results: readonly { shape: Shape; element: Element }[],
    attributes = "",
    region = "",
  ): Term[] {
    const name = `%v${this.#next++}`;
    const count = results.length > 1 ? `:${results.length}` : "";
    const names = inputs.map((input) => input.name).join(", ");
    this.#lines.push(
      `${name}${count} = "${op}"(${names})${region && ` (${region})`}${attributes && ` {${attributes}}`} : ` +
        `(${inputs.map(typeText).join(", ")}) -> (${results.map(typeText).join(", ")})`,
    );
    return results.map((type, i) => ({ ...type, name: results.length > 1 ? `${name}#${i}` : name }));
  }

  /** An operation of the dialect with one result; its type is the first input's unless given. */
  op(op: string, inputs: readonly Term[], type: Partial<Term> = {}, attributes = "", region = ""): Term {
    const { shape = inputs[0].shape, element = inputs[0].element } = type;
    const full = op.includes(".") ? op : `stablehlo.${op}`;
    return this.emit(full, inputs, [{ shape, element }], attributes, region)[0];
  }

  /** A tensor of one number. */
  splat(value: number, element: Element, shape: Shape = []): Term {
    const type = { shape, element };
    return this.op("constant", [], type, `value = dense<${literal(value, element)}> : ${typeText(type)}`);
  }

  /** Numbers that belong to the program. */
  constant(data: Data, shape: Shape, dtype: Dtype): Term {
    if (data.length === 1) return this.splat(data[0], elementOf(dtype), shape);
    // MLIR packs bits of i1; bytes are plain.
    const element = dtype === "bool" ? "ui8" : elementOf(dtype);
    const hex = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
    const text = sizeOf(shape) === 0 ? "" : `"0x${hex}"`;
    const made = this.op("constant", [], { shape, element }, `value = dense<${text}> : ${typeText({ shape, element })}`); // prettier-ignore
    return this.convert(made, elementOf(dtype));
  }

  convert(x: Term, element: Element): Term {
    return x.element === element ? x : this.op("convert", [x], { element });
  }

  /** For products of floats: every bit of them counts. Devices would choose fewer where they are not told. */
  get exactly(): string {
    const all = "#stablehlo<precision HIGHEST>";
    return this.precision === "fp32" ? `, precision_config = [${all}, ${all}]` : "";
  }

  /**
   * A sum of products in the module's precision.
   *
   * @returns the axes that go together, then the left's others, then the right's
   * @param isWhole keep the result's float32 where the operands are rounded to bf16. Otherwise it may be rounded as well, which
   *   halves what has to be written and read; XLA is free to keep more.
   */
  dot(a: Term, b: Term, { sum, together }: ProductAxes, isWhole = false): Term {
    const isFloat = a.element === "f32";
    const isHalf = isFloat && this.precision === "bf16";
    const operands = isHalf ? [a, b].map((x) => this.convert(x, "bf16")) : [a, b];
    const others = [a, b].map(({ shape }, i) => shape.filter((_, axis) => !sum[i].includes(axis) && !together[i].includes(axis))); // prettier-ignore
    const shape = [...together[0].map((axis) => a.shape[axis]), ...others.flat()];
    const numbers = `dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [${together[0]}], rhs_batching_dimensions = [${together[1]}], lhs_contracting_dimensions = [${sum[0]}], rhs_contracting_dimensions = [${sum[1]}]>`;
    const element = isHalf && !isWhole ? "bf16" : a.element;
    const made = this.op("dot_general", operands, { shape, element }, numbers + (isFloat ? this.exactly : "")); // prettier-ignore
    return this.convert(made, a.element);
  }

  reshape(x: Term, shape: Shape): Term {
    return this.op("reshape", [x], { shape });
  }

  /** Broadcast by NumPy's rule, or along the named axes of the result. */
  broadcast(x: Term, shape: Shape, axes = x.shape.map((_, i) => shape.length - x.shape.length + i)): Term {
    if (x.shape.length === shape.length && x.shape.every((extent, i) => extent === shape[i])) return x;
    return this.op("broadcast_in_dim", [x], { shape }, `broadcast_dimensions = ${integers(axes)}`);
  }

  /** A function of two operands that broadcast to `shape`. */
  binary(op: string, a: Term, b: Term, shape: Shape = a.shape): Term {
    return this.op(op, [this.broadcast(a, shape), this.broadcast(b, shape)]);
  }

  /** a · factor and the like, with a number. */
  withNumber(op: string, a: Term, value: number): Term {
    return this.binary(op, a, this.splat(value, a.element));
  }

  compare(direction: string, a: Term, b: Term, shape: Shape = a.shape): Term {
    const operands = [this.broadcast(a, shape), this.broadcast(b, shape)];
    return this.op("compare", operands, { element: "i1" }, `comparison_direction = #stablehlo<comparison_direction ${direction}>`); // prettier-ignore
  }

  /** Positions along one axis. */
  iota(shape: Shape, axis: number): Term {
    return this.op("iota", [], { shape, element: "i32" }, `iota_dimension = ${axis} : i64`);
  }

  /** A region that combines two scalars by one operation. */
  combiner(op: string, element: Element): string {
    const type = `tensor<${element}>`;
    const name = `%r${this.#next++}`;
    return `{ ^bb0(${name}a: ${type}, ${name}b: ${type}):
      ${name} = "stablehlo.${op}"(${name}a, ${name}b) : (${type}, ${type}) -> ${type}
      "stablehlo.return"(${name}) : (${type}) -> () }`;
  }

  /** Reduce along axes, which disappear. */
  reduce(op: string, x: Term, axes: readonly number[], start: number): Term {
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    const inputs = [x, this.splat(start, x.element)];
    return this.op("reduce", inputs, { shape }, `dimensions = ${integers(axes)}`, this.combiner(op, x.element)); // prettier-ignore
  }

  /** Lines that `write` emits, as a region with arguments. */
  #region(state: readonly Term[], write: (args: Term[]) => readonly Term[]): string {
    const prefix = `%a${this.#next++}_`;
    const args = state.map((term, i): Term => ({ ...term, name: `${prefix}${i}` }));
    const outer = this.#lines.splice(0);
    const results = write(args);
    const lines = this.#lines.splice(0);
    this.#lines.push(...outer);
    const returned = `"stablehlo.return"(${results.map(({ name }) => name).join(", ")}) : (${results.map(typeText).join(", ")}) -> ()`; // prettier-ignore
    return `{ ^bb0(${args.map((arg) => `${arg.name}: ${typeText(arg)}`).join(", ")}):\n${lines.join("\n")}\n${returned} }`;
  }

  /** Repeat `count` times: `step` makes the next state from the present one and the number of the repetition. */
  repeat(
    count: number,
    state: readonly Term[],
    step: (state: Term[], index: Term) => readonly Term[],
  ): Term[] {
    const all = [this.splat(0, "i32"), ...state];
    const isMore = this.#region(all, ([index]) => [this.compare("LT", index, this.splat(count, "i32"))]);
    const next = this.#region(all, ([index, ...rest]) => [this.withNumber("add", index, 1), ...step(rest, index)]); // prettier-ignore
    return this.emit("stablehlo.while", all, all, "", `${isMore}, ${next}`).slice(1);
  }

  /** The whole program: `inputs`, which may become an output in the same memory, and what it returns. */
  text(
    inputs: readonly (Term & { becomes?: number } & Cut)[],
    outputs: readonly (Term & Cut)[],
    devices = 1,
  ): string {
    // prettier-ignore
    const many = devices > 1;
    const place = (term: Term & Cut): string[] => (many ? [`sdy.sharding = #sdy.sharding<@mesh, [${term.shape.map((_, axis) => (axis === 0 && term.sharded ? '{"data"}' : "{}")).join(", ")}]>`] : []); // prettier-ignore
    const alias = (place?: number): string[] => place === undefined ? [] : [`tf.aliasing_output = ${place} : i32`]; // prettier-ignore
    const attributes = (list: string[]): string => (list.length > 0 ? ` {${list.join(", ")}}` : "");
    const parameters = inputs.map((input) => `${input.name}: ${typeText(input)}${attributes([...alias(input.becomes), ...place(input)])}`).join(", "); // prettier-ignore
    const results = outputs.map((output) => `${typeText(output)}${attributes(place(output))}`).join(", ");
    const mesh = many ? `sdy.mesh @mesh = <["data"=${devices}]>\n` : "";
    return `module @gradbook {\n${mesh}func.func public @main(${parameters}) -> (${results}) {\n${this.#lines.join("\n")}\nreturn ${outputs.map(({ name }) => name).join(", ")} : ${outputs.map(typeText).join(", ")}\n}\n}`;
  }
}
