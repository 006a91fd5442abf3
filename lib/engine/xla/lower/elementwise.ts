/** Elementwise operations in StableHLO. */
import { elementOf, type HloModule, type Term } from "../module.ts";
import { number, type Rule, type Rules } from "./rule.ts";

/** Integers and bools are computed as floats and converted back. */
const inFloat =
  (compute: (module: HloModule, x: Term) => Term): Rule =>
  (module, node, [x]) =>
    module.convert(compute(module, module.convert(x, "f32")), elementOf(node.outputs[0].dtype));

const floats = (op: string): Rule => inFloat((module, x) => module.op(op, [x]));
const direct =
  (op: string): Rule =>
  (module, _node, [x]) =>
    module.op(op, [x]);
const binary =
  (op: string, forBool = op): Rule =>
  (module, node, [a, b]) =>
    module.binary(a.element === "i1" ? forBool : op, a, b, node.outputs[0].shape);

const comparison =
  (direction: string): Rule =>
  (module, node, inputs) => {
    const [a, b] = inputs.map((x) => (x.element === "i1" ? module.convert(x, "i32") : x));
    return module.compare(direction, a, b, node.outputs[0].shape);
  };

const power: Rule = (module, node, inputs) => {
  const [a, b] = inputs.map((x) => module.convert(x, "f32"));
  return module.convert(
    module.binary("power", a, b, node.outputs[0].shape),
    elementOf(node.outputs[0].dtype),
  );
};

/** With the sign of the divisor, as in tfjs. */
const mod: Rule = (module, node, inputs) => {
  const [a, b] = inputs.map((x) => module.broadcast(x, node.outputs[0].shape));
  return module.op("remainder", [module.op("add", [module.op("remainder", [a, b]), b]), b]);
};

const select: Rule = (module, node, inputs) => {
  const [condition, a, b] = inputs.map((x) => module.broadcast(x, node.outputs[0].shape));
  return module.op("select", [condition, a, b], { element: a.element });
};

/** log(1 + eˣ) without overflow. */
const softplus = inFloat((module, x) => {
  const tail = module.op("log_plus_one", [module.op("exponential", [module.op("negate", [module.op("abs", [x])])])]); // prettier-ignore
  return module.op("add", [tail, module.withNumber("maximum", x, 0)]);
});

const tangent = (module: HloModule, x: Term): Term =>
  module.op("divide", [module.op("sine", [x]), module.op("cosine", [x])]);
const inDouble =
  (compute: (module: HloModule, x: Term) => Term): Rule =>
  (module, _node, [x]) =>
    module.convert(compute(module, module.convert(x, "f64")), "f32");

const FLOAT = {
  exp: "exponential", log: "log", sqrt: "sqrt", sin: "sine", cos: "cosine", tanh: "tanh", sigmoid: "logistic",
  floor: "floor", ceil: "ceil", round: "round_nearest_even", erf: "chlo.erf", asin: "chlo.asin",
  acos: "chlo.acos", atan: "chlo.atan", sinh: "chlo.sinh", cosh: "chlo.cosh", asinh: "chlo.asinh",
  acosh: "chlo.acosh", atanh: "chlo.atanh",
}; // prettier-ignore
const COMPARE = {
  equal: "EQ",
  notEqual: "NE",
  greater: "GT",
  greaterEqual: "GE",
  less: "LT",
  lessEqual: "LE",
};
const named = (table: Record<string, string>, rule: (name: string) => Rule): Rules =>
  Object.fromEntries(Object.entries(table).map(([op, name]) => [op, rule(name)]));

export const elementwiseRules: Rules = {
  ...named(FLOAT, floats),
  ...named(COMPARE, comparison),
  tan: inFloat(tangent),
  reciprocal: inFloat((module, x) => module.op("divide", [module.splat(1, "f32", x.shape), x])),
  relu: inFloat((module, x) => module.withNumber("maximum", x, 0)),
  softplus,
  neg: direct("negate"),
  abs: direct("abs"),
  sign: direct("sign"),
  not: direct("not"),
  add: binary("add", "or"),
  sub: binary("subtract"),
  mul: binary("multiply", "and"),
  div: binary("divide"),
  max: binary("maximum", "or"),
  min: binary("minimum", "and"),
  and: binary("and"),
  or: binary("or"),
  xor: binary("xor"),
  bitAnd: binary("and"),
  pow: power,
  mod,
  select,
  isNaN: (module, _node, [x]) => module.compare("NE", x, x),
  isInf: (module, _node, [x]) => module.compare("EQ", module.op("abs", [x]), module.splat(Infinity, "f32")),
  "precise:exp": inDouble((module, x) => module.op("exponential", [x])),
  "precise:tan": inDouble(tangent),
  cast: (module, node, [x]) => module.convert(x, elementOf(node.outputs[0].dtype)),
  fill: (module, node) =>
    module.splat(number(node, "value"), elementOf(node.outputs[0].dtype), node.outputs[0].shape),
};
