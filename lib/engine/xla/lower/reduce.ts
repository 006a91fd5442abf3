/** Reductions, running sums and the softmax family in StableHLO. */
import { integers, type HloModule, type Term } from "../module.ts";
import { cut } from "./layout.ts";
import { flag, list, number, type Rule, type Rules } from "./rule.ts";

const LOWEST = -(2 ** 31);
const HIGHEST = 2 ** 31 - 1;
const startOf = (x: Term, float: number, integer: number): number => (x.element === "f32" ? float : integer);

const reduction =
  (op: string, start: (x: Term) => number, before?: (module: HloModule, x: Term) => Term): Rule =>
  (module, node, [x]) => {
    const y = before ? before(module, x) : x;
    return module.reshape(module.reduce(op, y, list(node, "axes"), start(x)), node.outputs[0].shape);
  };
const sum = reduction("add", () => 0);
const smallest = (x: Term): number => startOf(x, -Infinity, x.element === "i1" ? 0 : LOWEST);
const largest = (x: Term): number => startOf(x, Infinity, x.element === "i1" ? 1 : HIGHEST);

const mean: Rule = (module, node, inputs) => {
  const total = sum(module, node, inputs) as Term;
  const count = list(node, "axes").reduce((n, axis) => n * inputs[0].shape[axis], 1);
  return module.withNumber("divide", total, count);
};

/** The extremum, then the first place that holds it. */
const place =
  (op: "maximum" | "minimum"): Rule =>
  (module, node, [x]) => {
    const axis = number(node, "axis");
    const y = x.element === "i1" ? module.convert(x, "i32") : x;
    const found = module.reduce(op, y, [axis], op === "maximum" ? smallest(y) : largest(y));
    const others = [...x.shape.keys()].filter((i) => i !== axis);
    const hit = module.compare("EQ", y, module.broadcast(found, x.shape, others));
    const nowhere = module.splat(x.shape[axis] - 1, "i32", x.shape);
    const places = module.op("select", [hit, module.iota(x.shape, axis), nowhere], { element: "i32" });
    return module.reduce("minimum", places, [axis], HIGHEST);
  };

/** A window that reaches back to the start, or on to the end. */
const cumsum: Rule = (module, node, [x]) => {
  const axis = number(node, "axis");
  const extent = x.shape[axis];
  const edge = flag(node, "exclusive") ? [extent, -1] : [extent - 1, 0];
  const padding = x.shape.map((_, i) => (i !== axis ? [0, 0] : flag(node, "reverse") ? [edge[1], edge[0]] : edge)); // prettier-ignore
  const window = x.shape.map((_, i) => (i === axis ? extent : 1));
  const attributes = `window_dimensions = ${integers(window)}, padding = dense<${JSON.stringify(padding)}> : tensor<${x.shape.length}x2xi64>`; // prettier-ignore
  const inputs = [x, module.splat(0, x.element)];
  return module.op("reduce_window", inputs, {}, attributes, module.combiner("add", x.element));
};

/** Sorted in falling order with the places alongside; stable, so the first of equals comes first. */
const topK: Rule = (module, node, [x]) => {
  const last = x.shape.length - 1;
  const [number, place] = [x.element, "i32"].map((element) => `tensor<${element}>`);
  const region = `{ ^bb0(%x: ${number}, %y: ${number}, %i: ${place}, %j: ${place}):
    %more = "stablehlo.compare"(%x, %y) {comparison_direction = #stablehlo<comparison_direction GT>} : (${number}, ${number}) -> tensor<i1>
    "stablehlo.return"(%more) : (tensor<i1>) -> () }`;
  const inputs = [x, module.iota(x.shape, last)];
  const attributes = `dimension = ${last} : i64, is_stable = true`;
  return module
    .emit("stablehlo.sort", inputs, inputs, attributes, region)
    .map((sorted, i) => cut(module, sorted, x.shape.map(() => 0), node.outputs[i].shape, x.shape.map(() => 1))); // prettier-ignore
};

/** x − its row's largest, and e to that. */
function shifted(module: HloModule, x: Term): { moved: Term; powers: Term; total: Term } {
  const last = x.shape.length - 1;
  const rows = [...x.shape.slice(0, -1), 1];
  const top = module.reshape(module.reduce("maximum", x, [last], -Infinity), rows);
  const moved = module.binary("subtract", x, top);
  const powers = module.op("exponential", [moved]);
  return { moved, powers, total: module.reshape(module.reduce("add", powers, [last], 0), rows) };
}

export const reduceRules: Rules = {
  reduceSum: sum,
  reduceMean: mean,
  reduceMax: reduction("maximum", smallest),
  reduceMin: reduction("minimum", largest),
  reduceProd: reduction("multiply", () => 1),
  reduceSumSquare: reduction("add", () => 0, (module, x) => module.op("multiply", [x, x])), // prettier-ignore
  argMax: place("maximum"),
  argMin: place("minimum"),
  cumsum,
  topK,
  softmax: (module, _node, [x]) => {
    const { powers, total } = shifted(module, x);
    return module.binary("divide", powers, total);
  },
  logSoftmax: (module, _node, [x]) => {
    const { moved, total } = shifted(module, x);
    return module.binary("subtract", moved, module.op("log", [total]));
  },
};
