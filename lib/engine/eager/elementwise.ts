/** Elementwise graph operations by tfjs operations. */
import type { Dtype, Node } from "../graph/value.ts";
import { tf } from "../tf.ts";
import { attribute, type EagerRule, type EagerRules } from "./rule.ts";

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const UNARY: Record<string, Unary> = {
  neg: tf.neg, abs: tf.abs, sign: tf.sign, exp: tf.exp, log: tf.log, sqrt: tf.sqrt, erf: tf.erf,
  reciprocal: tf.reciprocal, sin: tf.sin, cos: tf.cos, tan: tf.tan, asin: tf.asin, acos: tf.acos, atan: tf.atan,
  sinh: tf.sinh, cosh: tf.cosh, tanh: tf.tanh, asinh: tf.asinh, acosh: tf.acosh, atanh: tf.atanh,
  sigmoid: tf.sigmoid, softplus: tf.softplus, relu: tf.relu, floor: tf.floor, ceil: tf.ceil, round: tf.round,
  not: tf.logicalNot, isNaN: tf.isNaN, isInf: tf.isInf,
}; // prettier-ignore

const BINARY: Record<string, Binary> = {
  sub: tf.sub, div: tf.div, pow: tf.pow, max: tf.maximum, min: tf.minimum, mod: tf.mod,
  and: tf.logicalAnd, or: tf.logicalOr, xor: tf.logicalXor,
  equal: tf.equal, notEqual: tf.notEqual, greater: tf.greater, greaterEqual: tf.greaterEqual,
  less: tf.less, lessEqual: tf.lessEqual,
}; // prettier-ignore

/** `numbers` for numbers, `bools` for bools. */
const either =
  (numbers: Binary, bools: Binary): EagerRule =>
  (_node, [a, b]) =>
    (a.dtype === "bool" ? bools : numbers)(a, b);

const dtypeOf = (node: Node): Dtype => node.outputs[0].dtype;

export const elementwiseRules: EagerRules = {
  ...Object.fromEntries(Object.entries(UNARY).map(([op, fn]) => [op, (_node: Node, [x]: tf.Tensor[]) => fn(x)])), // prettier-ignore
  ...Object.fromEntries(Object.entries(BINARY).map(([op, fn]) => [op, (_node: Node, [a, b]: tf.Tensor[]) => fn(a, b)])), // prettier-ignore
  add: either(tf.add, tf.logicalOr),
  mul: either(tf.mul, tf.logicalAnd),
  select: (_node, [condition, a, b]) => tf.where(condition, a, b),
  cast: (node, [x]) => tf.cast(x, dtypeOf(node)),
  fill: (node) => tf.fill([...node.outputs[0].shape], attribute(node, "value"), dtypeOf(node)),
};
