/** Reductions, running sums, extrema and the softmax family in ONNX. */
import type { Node } from "../../graph/value.ts";
import type { OnnxGraph } from "../model.ts";
import { castTo, flag, list, number, type Rule, type Rules } from "./rule.ts";

const reduction =
  (type: string): Rule =>
  (graph, node, inputs, outputs) => {
    const axes = graph.int64(list(node, "axes"));
    graph.emit(type, [inputs[0], axes], { keepdims: flag(node, "keepDims") ? 1 : 0 }, outputs);
  };

const extremum =
  (type: string): Rule =>
  (graph, node, inputs, outputs) => {
    const found = graph.emit(type, inputs, { axis: number(node, "axis"), keepdims: 0 });
    castTo(graph, found, "int32", outputs[0]);
  };

function cumsum(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  const attributes = { exclusive: flag(node, "exclusive") ? 1 : 0, reverse: flag(node, "reverse") ? 1 : 0 };
  graph.emit("CumSum", [inputs[0], graph.int64(number(node, "axis"))], attributes, outputs);
}

function topK(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  const positions = graph.fresh();
  // Sorted in any case: tfjs promises the lower index first among equals, a heap does not.
  const attributes = { axis: -1, largest: 1, sorted: 1 };
  graph.emit("TopK", [inputs[0], graph.int64([number(node, "k")])], attributes, [outputs[0], positions]);
  castTo(graph, positions, "int32", outputs[1]);
}

export const reduceRules: Rules = {
  reduceSum: reduction("ReduceSum"),
  reduceMean: reduction("ReduceMean"),
  reduceMax: reduction("ReduceMax"),
  reduceMin: reduction("ReduceMin"),
  reduceProd: reduction("ReduceProd"),
  reduceSumSquare: reduction("ReduceSumSquare"),
  argMax: extremum("ArgMax"),
  argMin: extremum("ArgMin"),
  cumsum,
  topK,
  softmax: (graph, _node, inputs, outputs) => void graph.emit("Softmax", inputs, { axis: -1 }, outputs),
  logSoftmax: (graph, _node, inputs, outputs) => void graph.emit("LogSoftmax", inputs, { axis: -1 }, outputs),
};
