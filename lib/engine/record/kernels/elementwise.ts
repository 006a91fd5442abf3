/** tfjs's elementwise kernels as graph nodes. */
import * as g from "../../graph/elementwise.ts";
import { broadcastTo, reshape } from "../../graph/layout.ts";
import { broadcastShape } from "../../graph/shape.ts";
import type { Value } from "../../graph/value.ts";
import type { Recorder } from "../register.ts";

const unary =
  (op: g.UnaryOp): Recorder =>
  ({ x }) =>
    g.unary(op, g.cast(x, "float32"));

/** Unary operations that integers keep: the result has x's dtype. */
const unaryKeeping =
  (op: g.UnaryOp): Recorder =>
  ({ x }) =>
    x.dtype === "bool" ? g.cast(g.unary(op, g.cast(x, "int32")), "bool") : g.unary(op, x);

const binary =
  (op: g.BinaryOp): Recorder =>
  ({ a, b }) =>
    g.binary(op, a, b);

/** Arithmetic of bools happens on their 0 and 1. */
const arithmetic =
  (op: g.BinaryOp): Recorder =>
  ({ a, b }) =>
    a.dtype === "bool"
      ? g.cast(g.binary(op, g.cast(a, "int32"), g.cast(b, "int32")), "bool")
      : g.binary(op, a, b);

const compare =
  (op: g.CompareOp): Recorder =>
  ({ a, b }) =>
    g.compare(op, a, b);

const logical =
  (op: g.BinaryOp): Recorder =>
  ({ a, b }) =>
    g.binary(op, g.cast(a, "bool"), g.cast(b, "bool"));

const asFloat = (x: Value): Value => g.cast(x, "float32");

function floorDivide(a: Value, b: Value): Value {
  return g.cast(g.unary("floor", g.div(asFloat(a), asFloat(b))), "int32");
}

function leakyRelu(x: Value, slope: Value): Value {
  return g.select(g.compare("less", x, g.scalar(0)), g.mul(x, slope), x);
}

function elu(x: Value): Value {
  const negative = g.shift(g.unary("exp", g.binary("min", x, g.scalar(0))), -1);
  return g.select(g.compare("greaterEqual", x, g.scalar(0)), x, negative);
}

const withoutNaN = (result: Value, x: Value, instead: number): Value =>
  g.select(g.classify("isNaN", x), g.scalar(instead), result);

/** The angle of the point (x, y), from the arctangent of y/x and the quadrant. */
function atan2(y: Value, x: Value): Value {
  const zero = g.scalar(0);
  const half = g.unary("atan", g.div(y, x));
  const turn = g.select(g.compare("less", y, zero), g.scalar(-Math.PI), g.scalar(Math.PI));
  const left = g.select(g.compare("less", x, zero), g.add(half, turn), half);
  const upright = g.select(g.compare("less", y, zero), g.scalar(-Math.PI / 2), g.scalar(Math.PI / 2));
  const none = g.select(g.compare("equal", y, zero), zero, upright);
  return g.select(g.compare("equal", x, zero), none, left);
}

/** Clip to an interval without touching NaN. */
function clip(x: Value, low: number, high: number): Value {
  return g.binary("max", g.binary("min", x, g.scalar(high, x.dtype)), g.scalar(low, x.dtype));
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

export const elementwiseRecorders: Record<string, Recorder> = {
  Abs: unaryKeeping("abs"),
  Neg: unaryKeeping("neg"),
  Sign: ({ x }) => (x.dtype === "float32" ? withoutNaN(g.unary("sign", x), x, 0) : g.unary("sign", x)),
  Ceil: unaryKeeping("ceil"),
  Floor: unaryKeeping("floor"),
  Round: unaryKeeping("round"),
  Relu: unaryKeeping("relu"),
  // Of integers in double precision: the float32 kernel may be off by a unit in the last place.
  Exp: ({ x }) => (x.dtype === "int32" ? g.preciseUnary("exp", x) : g.unary("exp", asFloat(x))),
  Log: unary("log"),
  Sqrt: unary("sqrt"),
  Reciprocal: unary("reciprocal"),
  Erf: unary("erf"),
  Sin: unary("sin"),
  Cos: unary("cos"),
  Tan: ({ x }) => g.preciseUnary("tan", x),
  Asin: unary("asin"),
  Acos: unary("acos"),
  Atan: unary("atan"),
  Sinh: unary("sinh"),
  Cosh: unary("cosh"),
  Tanh: unary("tanh"),
  Asinh: unary("asinh"),
  Acosh: unary("acosh"),
  Atanh: unary("atanh"),
  Sigmoid: unary("sigmoid"),
  Softplus: unary("softplus"),
  Rsqrt: ({ x }) => g.unary("reciprocal", g.unary("sqrt", asFloat(x))),
  Square: ({ x }) => g.mul(x, x),
  Expm1: ({ x }) => g.shift(g.unary("exp", asFloat(x)), -1),
  Log1p: ({ x }) => g.unary("log", g.shift(asFloat(x), 1)),
  IsNan: ({ x }) => g.classify("isNaN", asFloat(x)),
  IsInf: ({ x }) => g.classify("isInf", asFloat(x)),
  IsFinite: ({ x }) =>
    g.unary("not", g.binary("or", g.classify("isNaN", asFloat(x)), g.classify("isInf", asFloat(x)))),
  LogicalNot: ({ x }) => g.unary("not", g.cast(x, "bool")),
  Step: ({ x }, { alpha }) => {
    const above = g.compare("greater", x, g.scalar(0, x.dtype));
    const stepped = g.select(above, g.scalar(1, x.dtype), g.scalar(alpha ?? 0, x.dtype));
    return x.dtype === "float32" ? g.select(g.classify("isNaN", x), x, stepped) : stepped;
  },
  Relu6: ({ x }) => clip(x, 0, 6),
  ClipByValue: ({ x }, { clipValueMin, clipValueMax }) => clip(x, clipValueMin, clipValueMax),
  LeakyRelu: ({ x }, { alpha }) => leakyRelu(asFloat(x), g.scalar(alpha)),
  Prelu: ({ x, alpha }) => leakyRelu(asFloat(x), asFloat(alpha)),
  Elu: ({ x }) => elu(x),
  EluGrad: ({ dy, y }) => g.select(g.compare("greaterEqual", y, g.scalar(0)), dy, g.mul(dy, g.shift(y, 1))),
  Selu: ({ x }) =>
    g.scale(g.select(g.compare("greaterEqual", x, g.scalar(0)), x, g.scale(elu(x), SELU_ALPHA)), SELU_SCALE),

  Add: arithmetic("add"),
  Sub: arithmetic("sub"),
  Multiply: arithmetic("mul"),
  RealDiv: ({ a, b }) => g.div(asFloat(a), asFloat(b)),
  FloorDiv: ({ a, b }) => floorDivide(a, b),
  Maximum: binary("max"),
  Minimum: binary("min"),
  Pow: arithmetic("pow"),
  Atan2: ({ a, b }) => atan2(asFloat(a), asFloat(b)),
  Mod: arithmetic("mod"),
  SquaredDifference: ({ a, b }) => {
    const difference = g.sub(a, b);
    return g.mul(difference, difference);
  },
  AddN: (inputs) => Object.values(inputs).reduce(g.add),
  Equal: compare("equal"),
  NotEqual: compare("notEqual"),
  Greater: compare("greater"),
  GreaterEqual: compare("greaterEqual"),
  Less: compare("less"),
  LessEqual: compare("lessEqual"),
  LogicalAnd: logical("and"),
  LogicalOr: logical("or"),
  LogicalXor: logical("xor"),
  BitwiseAnd: ({ a, b }) => g.binary("bitAnd", a, b),
  Select: ({ condition, t, e }) => {
    const holds = g.cast(condition, "bool");
    // A condition of rank one chooses whole rows of higher-ranked operands.
    const rows = holds.shape.length === 1 && t.shape.length > 1;
    return g.select(rows ? rowwise(holds, t) : holds, t, e);
  },
  Cast: ({ x }, { dtype }) => (["float32", "int32", "bool"].includes(dtype) ? g.cast(x, dtype) : undefined),
  ZerosLike: ({ x }) => g.fill(x.shape, 0, x.dtype),
  OnesLike: ({ x }) => g.fill(x.shape, 1, x.dtype),
  Fill: (_inputs, { shape, value, dtype }) =>
    typeof value === "string" ? undefined : g.fill(shape, value, dtype ?? "float32"),
};

function rowwise(condition: Value, like: Value): Value {
  const shape = [condition.shape[0], ...like.shape.slice(1).map(() => 1)];
  return broadcastTo(reshape(condition, shape), broadcastShape(shape, like.shape));
}
