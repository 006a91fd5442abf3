/** Layout operations in StableHLO. */
import type { Shape } from "../../graph/value.ts";
import { integers, type HloModule, type Term } from "../module.ts";
import { list, number, type Rule, type Rules } from "./rule.ts";

/** `length` elements of each axis from `start`, `step` apart. */
export function cut(module: HloModule, x: Term, start: Shape, length: Shape, step: Shape): Term {
  const limit = start.map((from, axis) => from + (length[axis] - 1) * step[axis] + 1);
  const attributes = `start_indices = ${integers(start)}, limit_indices = ${integers(limit)}, strides = ${integers(step)}`; // prettier-ignore
  return module.op("slice", [x], { shape: length }, attributes);
}

/** Steps back are steps forward along a reversed axis. */
const slice: Rule = (module, node, [x]) => {
  const [start, step] = [list(node, "start"), list(node, "step")];
  const back = [...step.keys()].filter((axis) => step[axis] < 0);
  const turned = back.length > 0 ? module.op("reverse", [x], {}, `dimensions = ${integers(back)}`) : x;
  const from = start.map((first, axis) => (step[axis] < 0 ? x.shape[axis] - 1 - first : first));
  return cut(module, turned, from, node.outputs[0].shape, step.map(Math.abs));
};

const split: Rule = (module, node, [x]) => {
  const axis = number(node, "axis");
  let from = 0;
  return node.outputs.map(({ shape }) => {
    const start = shape.map((_, i) => (i === axis ? from : 0));
    from += shape[axis];
    return cut(module, x, start, shape, shape.map(() => 1)); // prettier-ignore
  });
};

const tile: Rule = (module, node, [x]) => {
  const interleaved = list(node, "repeats").flatMap((times, axis) => [times, x.shape[axis]]);
  const repeated = module.broadcast(x, interleaved, x.shape.map((_, axis) => 2 * axis + 1)); // prettier-ignore
  return module.reshape(repeated, node.outputs[0].shape);
};

const pad: Rule = (module, node, [x]) => {
  const [before, after] = [list(node, "before"), list(node, "after")];
  const attributes = `edge_padding_low = ${integers(before)}, edge_padding_high = ${integers(after)}, interior_padding = ${integers(before.map(() => 0))}`; // prettier-ignore
  const value = module.splat(number(node, "value"), x.element);
  return module.op("pad", [x, value], { shape: node.outputs[0].shape }, attributes);
};

/**
 * The CPU compiler drops the dialect's barrier before it merges equal operations. So the first value is also chosen
 * by a number of the last one, in a way that no compiler sees through.
 */
const barrier: Rule = (module, _node, inputs) => {
  const [first, ...others] = module.emit("stablehlo.optimization_barrier", inputs, inputs);
  const last = others.at(-1)!;
  const [start, ones] = [last.shape.map(() => 0), last.shape.map(() => 1)];
  const one = module.reshape(cut(module, last, start, ones, ones), []);
  const never = module.compare("EQ", module.op("multiply", [one, one]), module.splat(-1, last.element));
  const zeros = module.splat(0, first.element, first.shape);
  return [module.op("select", [never, zeros, first], { shape: first.shape, element: first.element }), ...others]; // prettier-ignore
};

export const layoutRules: Rules = {
  reshape: (module, node, [x]) => module.reshape(x, node.outputs[0].shape),
  transpose: (module, node, [x]) =>
    module.op("transpose", [x], { shape: node.outputs[0].shape }, `permutation = ${integers(list(node, "permutation"))}`), // prettier-ignore
  broadcast: (module, node, [x]) => module.broadcast(x, node.outputs[0].shape),
  concat: (module, node, inputs) =>
    module.op("concatenate", inputs, { shape: node.outputs[0].shape }, `dimension = ${number(node, "axis")} : i64`), // prettier-ignore
  barrier,
  tile,
  split,
  slice,
  pad,
};
