/**
 * Elementwise operations: unary, binary, comparison, selection, casts.
 *
 * What is obvious is simplified while recording: multiplying by one, adding zero, arithmetic on uniform
 * values (every element equal, such as the ones a gradient starts from). tfjs's tape produces many of these,
 * and each one left in the graph is a pass over memory.
 */
import { broadcastShape, sameShape } from "./shape.ts";
import {
  constant,
  node1,
  numbersOf,
  sizeOf,
  type Data,
  type Dtype,
  type Shape,
  type Value,
} from "./value.ts";

const typed = (dtype: Dtype, values: readonly number[]): Data => {
  if (dtype === "float32") return Float32Array.from(values);
  return dtype === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
};

/** A constant scalar. */
export function scalar(value: number, dtype: Dtype = "float32"): Value {
  return constant(typed(dtype, [value]), [], dtype);
}

/** A small constant tensor from literal numbers. */
export function literal(values: readonly number[], shape: Shape, dtype: Dtype = "float32"): Value {
  return constant(typed(dtype, values), shape, dtype);
}

/** A tensor whose elements all equal `value`. */
export function fill(shape: Shape, value: number, dtype: Dtype = "float32"): Value {
  return shape.length === 0
    ? scalar(value, dtype)
    : node1("fill", [], shape, dtype, { value: asDtype(value, dtype) });
}

/** The common value of all elements, when that is known while recording. */
export function uniformValue(value: Value): number | undefined {
  if (value.producer?.op === "fill") return value.producer.attributes.value as number;
  if (!value.constant) return undefined;
  const data = numbersOf(value);
  return data.length === 1 ? data[0] : undefined;
}

function asDtype(value: number, dtype: Dtype): number {
  if (dtype === "float32") return Math.fround(value);
  return dtype === "int32" ? Math.trunc(value) | 0 : Number(value !== 0);
}

/** Names of the unary operations that keep shape and dtype. */
export type UnaryOp =
  | "neg" | "abs" | "sign" | "exp" | "log" | "sqrt" | "reciprocal" | "erf"
  | "sin" | "cos" | "tan" | "asin" | "acos" | "atan"
  | "sinh" | "cosh" | "tanh" | "asinh" | "acosh" | "atanh"
  | "sigmoid" | "softplus" | "relu" | "floor" | "ceil" | "round" | "not"; // prettier-ignore

/** An elementwise function of one value. */
export function unary(op: UnaryOp, x: Value): Value {
  if (op === "neg") {
    const value = uniformValue(x);
    if (value !== undefined) return fill(x.shape, -value, x.dtype);
  }
  return node1(op, [x], x.shape, x.dtype);
}

/** `exp` or `tan` of int32 or float32, computed in double precision; float32. */
export function preciseUnary(op: "exp" | "tan", x: Value): Value {
  return node1(`precise:${op}`, [x], x.shape, "float32");
}

/** Names of the binary operations whose result has the dtype of their operands. */
export type BinaryOp =
  "add" | "sub" | "mul" | "div" | "pow" | "max" | "min" | "mod" | "and" | "or" | "xor" | "bitAnd";

const FOLD: Partial<Record<BinaryOp, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

/** An elementwise function of two values of one dtype, broadcasting. */
export function binary(op: BinaryOp, a: Value, b: Value): Value {
  const shape = broadcastShape(a.shape, b.shape);
  return simplified(op, a, b, shape) ?? node1(op, [narrow(a, b, shape), narrow(b, a, shape)], shape, a.dtype);
}

/** A uniform operand needs no memory when the other one already has the result's shape. */
function narrow(operand: Value, other: Value, shape: Shape): Value {
  const value = operand.shape.length > 0 ? uniformValue(operand) : undefined;
  return value !== undefined && sameShape(other.shape, shape) ? scalar(value, operand.dtype) : operand;
}

function simplified(op: BinaryOp, a: Value, b: Value, shape: Shape): Value | undefined {
  const left = uniformValue(a);
  const right = uniformValue(b);
  const fold = a.dtype === "float32" ? FOLD[op] : undefined;
  if (left !== undefined && right !== undefined && fold) return fill(shape, fold(left, right), a.dtype);
  const neutral = op === "mul" || op === "div" ? 1 : op === "add" || op === "sub" ? 0 : undefined;
  if (neutral === undefined) return undefined;
  if (right === neutral && sameShape(a.shape, shape)) return a;
  if (left === neutral && (op === "mul" || op === "add") && sameShape(b.shape, shape)) return b;
  return undefined;
}

/** Sum of two values. */
export const add = (a: Value, b: Value): Value => binary("add", a, b);
/** Difference. */
export const sub = (a: Value, b: Value): Value => binary("sub", a, b);
/** Product. */
export const mul = (a: Value, b: Value): Value => binary("mul", a, b);
/** Quotient of floats. */
export const div = (a: Value, b: Value): Value => binary("div", a, b);
/** x · factor, for a number. */
export const scale = (x: Value, factor: number): Value => mul(x, scalar(factor, x.dtype));
/** x + offset, for a number. */
export const shift = (x: Value, offset: number): Value => add(x, scalar(offset, x.dtype));

export type CompareOp = "equal" | "notEqual" | "greater" | "greaterEqual" | "less" | "lessEqual";

/** An elementwise comparison: bool. */
export function compare(op: CompareOp, a: Value, b: Value): Value {
  const shape = broadcastShape(a.shape, b.shape);
  return node1(op, [narrow(a, b, shape), narrow(b, a, shape)], shape, "bool");
}

/** Is each float NaN (`isNaN`) or infinite (`isInf`)? bool. */
export function classify(op: "isNaN" | "isInf", x: Value): Value {
  return node1(op, [x], x.shape, "bool");
}

/** `whenTrue` where the condition holds, `whenFalse` elsewhere; all three broadcast. */
export function select(condition: Value, whenTrue: Value, whenFalse: Value): Value {
  const shape = broadcastShape(condition.shape, broadcastShape(whenTrue.shape, whenFalse.shape));
  return node1("select", [condition, whenTrue, whenFalse], shape, whenTrue.dtype);
}

/** Convert to another dtype; floats lose their fraction towards zero, bool is "not zero". */
export function cast(x: Value, dtype: Dtype): Value {
  if (x.dtype === dtype) return x;
  const value = uniformValue(x);
  if (value !== undefined && Number.isFinite(value)) return fill(x.shape, value, dtype);
  return node1("cast", [x], x.shape, dtype);
}

/** Is the value the known number everywhere? */
export function isUniform(value: Value, number: number): boolean {
  return sizeOf(value.shape) > 0 && uniformValue(value) === number;
}
