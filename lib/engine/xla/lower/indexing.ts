/** Gather and scatter in StableHLO. One column of each row is chosen by comparing, which fuses. */
import { integers, type HloModule, type Term } from "../module.ts";
import { number, type Rule, type Rules } from "./rule.ts";

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i); // prettier-ignore

const gather: Rule = (module, node, [x, indices]) => {
  const axis = number(node, "axis");
  const { shape } = node.outputs[0];
  const rank = indices.shape.length;
  const offsets = [...range(0, axis), ...range(axis + rank, shape.length)];
  const sizes = x.shape.map((extent, i) => (i === axis ? 1 : extent));
  const attributes = `dimension_numbers = #stablehlo.gather<offset_dims = [${offsets}], collapsed_slice_dims = [${axis}], start_index_map = [${axis}], index_vector_dim = ${rank}>, slice_sizes = ${integers(sizes)}`; // prettier-ignore
  return module.op("gather", [x, indices], { shape }, attributes);
};

const gatherNd: Rule = (module, node, [x, indices]) => {
  const { shape } = node.outputs[0];
  const outer = indices.shape.length - 1;
  const depth = indices.shape[outer];
  const sizes = x.shape.map((extent, i) => (i < depth ? 1 : extent));
  const axes = range(0, depth);
  const attributes = `dimension_numbers = #stablehlo.gather<offset_dims = [${range(outer, shape.length)}], collapsed_slice_dims = [${axes}], start_index_map = [${axes}], index_vector_dim = ${outer}>, slice_sizes = ${integers(sizes)}`; // prettier-ignore
  return module.op("gather", [x, indices], { shape }, attributes);
};

const scatterNd: Rule = (module, node, [base, indices, updates]) => {
  const outer = indices.shape.length - 1;
  const axes = range(0, indices.shape[outer]);
  const type = `tensor<${base.element}>`;
  const replace = `{ ^bb0(%old: ${type}, %new: ${type}): "stablehlo.return"(%new) : (${type}) -> () }`;
  const region = node.attributes.mode === "add" ? module.combiner("add", base.element) : replace;
  const attributes = `scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [${range(outer, updates.shape.length)}], inserted_window_dims = [${axes}], scatter_dims_to_operand_dims = [${axes}], index_vector_dim = ${outer}>`; // prettier-ignore
  return module.op("scatter", [base, indices, updates], {}, attributes, region);
};

/** `value` at the chosen column of each row, zero elsewhere. */
function atColumn(module: HloModule, x: Term, indices: Term, value: Term): Term {
  const hit = module.compare("EQ", module.iota(x.shape, 1), indices);
  const zero = module.splat(0, x.element, x.shape);
  return module.op("select", [hit, module.broadcast(value, x.shape), zero], { element: x.element });
}

export const indexingRules: Rules = {
  gather,
  gatherNd,
  scatterNd,
  pick: (module, node, [x, indices]) =>
    module.reshape(module.reduce("add", atColumn(module, x, indices, x), [1], 0), node.outputs[0].shape),
  addAtColumn: (module, _node, [x, indices, updates]) =>
    module.op("add", [x, atColumn(module, x, indices, updates)]),
};
