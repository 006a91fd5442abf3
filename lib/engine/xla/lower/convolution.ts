/** Convolution, its gradient by the input, and pooling in StableHLO, channels first. */
import { sizeOf, type Node } from "../../graph/value.ts";
import { integers, type HloModule, type Term } from "../module.ts";
import { list, number, type Rule, type Rules } from "./rule.ts";

const pairs = (low: readonly number[], high: readonly number[]): string =>
  `dense<${JSON.stringify(low.map((count, i) => [count, high[i]]))}> : tensor<${low.length}x2xi64>`;

/** Elements of the input that a window reaches over, along each axis. */
const reachOf = (kernel: readonly number[], dilations: readonly number[]): number[] =>
  kernel.map((extent, i) => (extent - 1) * dilations[i] + 1);

const conv: Rule = (module, node, [x, kernel]) => {
  const space = list(node, "strides").map((_, i) => i);
  const attributes = [
    `window_strides = ${integers(list(node, "strides"))}`,
    `padding = ${pairs(list(node, "before"), list(node, "after"))}`,
    `rhs_dilation = ${integers(list(node, "dilations"))}`,
    `dimension_numbers = #stablehlo.conv<[b, f, ${space}]x[o, i, ${space}]->[b, f, ${space}]>`,
    `feature_group_count = ${number(node, "groups")} : i64, batch_group_count = 1 : i64`,
  ];
  return module.op(
    "convolution",
    [x, kernel],
    { shape: node.outputs[0].shape },
    attributes.join(", ") + module.exactly,
  );
};

/** The kernel with its spatial axes reversed and, within each group, its two channel axes swapped. */
function turnedKernel(module: HloModule, kernel: Term, groups: number): Term {
  const [outputs, inputs, ...extents] = kernel.shape;
  const space = extents.map((_, i) => i);
  const back = module.op("reverse", [kernel], {}, `dimensions = ${integers(space.map((i) => i + 2))}`);
  const apart = module.reshape(back, [groups, outputs / groups, inputs, ...extents]);
  const shape = [groups, inputs, outputs / groups, ...extents];
  const order = `permutation = ${integers([0, 2, 1, ...space.map((i) => i + 3)])}`;
  const swapped = module.op("transpose", [apart], { shape }, order);
  return module.reshape(swapped, [groups * inputs, outputs / groups, ...extents]);
}

/** The gradient by the input: dy with the strides as gaps, correlated with the turned kernel. */
const convTranspose: Rule = (module, node, [dy, kernel]) => {
  const [strides, dilations] = [list(node, "strides"), list(node, "dilations")];
  const { shape } = node.outputs[0];
  const reach = reachOf(kernel.shape.slice(2), dilations);
  const low = reach.map((elements, i) => elements - 1 - list(node, "before")[i]);
  // Whatever gives the input's extent; less than nothing where the strides left some of it over.
  const spread = strides.map((stride, i) => (dy.shape[i + 2] - 1) * stride + 1);
  const high = reach.map((elements, i) => shape[i + 2] + elements - 1 - spread[i] - low[i]);
  const space = strides.map((_, i) => i);
  const groups = number(node, "groups");
  const attributes = [
    `padding = ${pairs(low, high)}`,
    `lhs_dilation = ${integers(strides)}`,
    `rhs_dilation = ${integers(dilations)}`,
    `dimension_numbers = #stablehlo.conv<[b, f, ${space}]x[o, i, ${space}]->[b, f, ${space}]>`,
    `feature_group_count = ${groups} : i64, batch_group_count = 1 : i64`,
  ];
  return module.op("convolution", [dy, turnedKernel(module, kernel, groups)], { shape }, attributes.join(", ") + module.exactly); // prettier-ignore
};

const windowText = (node: Node): string =>
  [
    `window_dimensions = ${integers([1, 1, ...list(node, "kernel")])}`,
    `window_strides = ${integers([1, 1, ...list(node, "strides")])}`,
    `window_dilations = ${integers([1, 1, ...list(node, "dilations")])}`,
    `padding = ${pairs([0, 0, ...list(node, "before")], [0, 0, ...list(node, "after")])}`,
  ].join(", ");

/** Combine each window by one operation; padding holds its neutral element. */
function windows(module: HloModule, node: Node, x: Term, op: string, neutral: number): Term {
  const inputs = [x, module.splat(neutral, x.element)];
  const shape = [...x.shape.slice(0, 2), ...node.outputs[0].shape.slice(2)];
  return module.op("reduce_window", inputs, { shape }, windowText(node), module.combiner(op, x.element));
}

/** Sums over the windows by how many elements of each are no padding. */
const averagePool: Rule = (module, node, [x]) => {
  const ones = module.splat(1, x.element, [1, 1, ...x.shape.slice(2)]);
  return module.binary("divide", windows(module, node, x, "add", 0), windows(module, node, ones, "add", 0));
};

/** Numbers and their places in memory go through the windows together; the first of equals wins. */
const maxPoolIndices: Rule = (module, node, [x]) => {
  const places = module.reshape(module.iota([sizeOf(x.shape)], 0), x.shape);
  const { shape } = node.outputs[0];
  const [number, place] = ["f32", "i32"].map((element) => `tensor<${element}>`);
  const region = `{ ^bb0(%x: ${number}, %i: ${place}, %y: ${number}, %j: ${place}):
    %more = stablehlo.compare GT, %y, %x, FLOAT : (${number}, ${number}) -> tensor<i1>
    %same = stablehlo.compare EQ, %y, %x, FLOAT : (${number}, ${number}) -> tensor<i1>
    %before = stablehlo.compare LT, %j, %i, SIGNED : (${place}, ${place}) -> tensor<i1>
    %tie = stablehlo.and %same, %before : tensor<i1>
    %take = stablehlo.or %more, %tie : tensor<i1>
    %best = stablehlo.select %more, %y, %x : tensor<i1>, ${number}
    %where = stablehlo.select %take, %j, %i : tensor<i1>, ${place}
    "stablehlo.return"(%best, %where) : (${number}, ${place}) -> () }`;
  const nowhere = module.splat(2 ** 31 - 1, "i32");
  const inputs = [x, places, module.splat(-Infinity, "f32"), nowhere];
  const results = [{ shape, element: "f32" } as const, { shape, element: "i32" } as const];
  return module.emit("stablehlo.reduce_window", inputs, results, windowText(node), region)[1];
};

export const convolutionRules: Rules = {
  conv,
  convTranspose,
  maxPool: (module, node, [x]) => windows(module, node, x, "maximum", -Infinity),
  averagePool,
  maxPoolIndices,
};
