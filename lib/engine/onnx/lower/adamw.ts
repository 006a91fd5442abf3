/**
 * AdamW in ONNX: a Scan over blocks of the flat buffers when they are long.
 *
 * ONNX Runtime runs each elementwise node over its whole input, so thirteen nodes over millions of elements
 * are thirteen trips to memory. A Scan runs all thirteen on one block before the next, and the block stays in
 * the cache; its slices of the inputs and outputs are views, not copies.
 */
import type { Node } from "../../graph/value.ts";
import { OnnxGraph } from "../model.ts";
import { number, type Rules } from "./rule.ts";

/** Blocks of this many elements fit the second-level cache, four buffers and intermediates together. */
const SMALLEST_BLOCK = 32 * 1024;
const LARGEST_BLOCK = 128 * 1024;

/** The largest block length within bounds that divides `size`, or undefined: then one pass does it all. */
export function blockLength(size: number): number | undefined {
  for (let blocks = Math.ceil(size / LARGEST_BLOCK); blocks <= size / SMALLEST_BLOCK; blocks++)
    if (blocks > 1 && size % blocks === 0) return size / blocks;
  return undefined;
}

/** The scalars of a step, computed once outside the blocks. */
interface Factors {
  first: string;
  second: string;
  deviation: string;
  floor: string;
  keep: string;
}

function factors(graph: OnnxGraph, node: Node, [scale, stepSize, deviationScale, keep]: string[]): Factors {
  const times = (a: string, b: string): string => graph.emit("Mul", [a, b]);
  return {
    first: times(scale, graph.float(1 - number(node, "beta1"))),
    second: times(times(scale, scale), graph.float(1 - number(node, "beta2"))),
    // m / (√v · c + ε) · s = m / (√v · (c/s) + ε/s): one pass less.
    deviation: graph.emit("Div", [deviationScale, stepSize]),
    floor: graph.emit("Div", [graph.float(number(node, "epsilon")), stepSize]),
    keep,
  };
}

/** The elementwise part, on whole buffers or on a block of each. Constants come by name from outside. */
function step(
  graph: OnnxGraph,
  buffers: string[],
  f: Factors,
  beta: [string, string],
  outputs: string[],
): void {
  const [parameters, gradient, first, second] = buffers;
  const [nextParameters, nextFirst, nextSecond] = outputs;
  const times = (a: string, b: string): string => graph.emit("Mul", [a, b]);
  graph.emit("Add", [times(first, beta[0]), times(gradient, f.first)], {}, [nextFirst]);
  graph.emit("Add", [times(second, beta[1]), times(times(gradient, gradient), f.second)], {}, [nextSecond]);
  const denominator = graph.emit("Add", [times(graph.emit("Sqrt", [nextSecond]), f.deviation), f.floor]);
  const change = graph.emit("Div", [nextFirst, denominator]);
  graph.emit("Sub", [times(parameters, f.keep), change], {}, [nextParameters]);
}

function adamw(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  const size = node.outputs[0].shape[0];
  const shared = factors(graph, node, inputs.slice(4));
  const beta: [string, string] = [graph.float(number(node, "beta1")), graph.float(number(node, "beta2"))];
  const block = blockLength(size);
  if (!block) return step(graph, inputs.slice(0, 4), shared, beta, outputs);

  const body = new OnnxGraph(`${outputs[0]}_block`);
  const names = Array.from({ length: 4 }, () => body.fresh());
  const results = Array.from({ length: 3 }, () => body.fresh());
  for (const name of names) body.input(name, "float32", [block]);
  for (const name of results) body.output(name, "float32", [block]);
  step(body, names, shared, beta, results);

  const rows = graph.int64([size / block, block]);
  const blocks = inputs.slice(0, 4).map((input) => graph.emit("Reshape", [input, rows]));
  const stacked = outputs.map(() => graph.fresh());
  graph.emit("Scan", blocks, { num_scan_inputs: 4, body }, stacked);
  stacked.forEach((name, i) => graph.emit("Reshape", [name, graph.int64([size])], {}, [outputs[i]]));
}

export const adamwRules: Rules = { adamw };
