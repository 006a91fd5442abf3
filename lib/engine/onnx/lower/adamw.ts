/** AdamW in ONNX, in blocks of the flat buffers: written out, it is thirteen passes over memory. */
import type { Node } from "../../graph/value.ts";
import type { OnnxGraph } from "../model.ts";
import { inBlocks } from "./blocks.ts";
import { number, type Rules } from "./rule.ts";

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
  inBlocks(graph, size, inputs.slice(0, 4), outputs, (pass, buffers, results) =>
    step(pass, buffers, shared, beta, results),
  );
}

export const adamwRules: Rules = { adamw };
