/** Convolution and the largest of a window in StableHLO, channels first. */
import { integers, type HloModule, type Term } from "../module.ts";
import { list, number, type Rule, type Rules } from "./rule.ts";

const pairs = (low: readonly number[], high: readonly number[]): string =>
  `dense<${JSON.stringify(low.map((count, i) => [count, high[i]]))}> : tensor<${low.length}x2xi64>`;

const conv: Rule = (module, node, [x, kernel]) => {
  const space = list(node, "strides").map((_, i) => i);
  const attributes = [
    `window_strides = ${integers(list(node, "strides"))}`,
    `padding = ${pairs(list(node, "before"), list(node, "after"))}`,
    `rhs_dilation = ${integers(list(node, "dilations"))}`,
    `dimension_numbers = #stablehlo.conv<[b, f, ${space}]x[o, i, ${space}]->[b, f, ${space}]>`,
    `feature_group_count = ${number(node, "groups")} : i64, batch_group_count = 1 : i64`,
  ];
  return module.op("convolution", [x, kernel], { shape: node.outputs[0].shape }, attributes.join(", "));
};

/** Padding does not count: it is lower than every number. */
function maxPool(module: HloModule, [x]: Term[], node: Parameters<Rule>[1]): Term {
  const attributes = [
    `window_dimensions = ${integers([1, 1, ...list(node, "kernel")])}`,
    `window_strides = ${integers([1, 1, ...list(node, "strides")])}`,
    `window_dilations = ${integers([1, 1, ...list(node, "dilations")])}`,
    `padding = ${pairs([0, 0, ...list(node, "before")], [0, 0, ...list(node, "after")])}`,
  ];
  const inputs = [x, module.splat(-Infinity, x.element)];
  const { shape } = node.outputs[0];
  return module.op("reduce_window", inputs, { shape }, attributes.join(", "), module.combiner("maximum", x.element)); // prettier-ignore
}

export const convolutionRules: Rules = {
  conv,
  maxPool: (module, node, inputs) => maxPool(module, inputs, node),
};
