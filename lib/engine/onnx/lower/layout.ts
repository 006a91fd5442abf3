/** Layout operations in ONNX. */
import type { Node } from "../../graph/value.ts";
import type { OnnxGraph } from "../model.ts";
import { castTo, list, number, type Rules } from "./rule.ts";

function slice(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  const start = list(node, "start");
  const step = list(node, "step");
  const length = node.outputs[0].shape;
  const axes = start.map((_, axis) => axis);
  // One past the last element; walking back, that may lie before the first one, which ONNX writes as a
  // number too negative to be counted from the end.
  const end = start.map((from, axis) => {
    const past = from + step[axis] * length[axis];
    return step[axis] < 0 && past < 0 ? -(2 ** 31) : past;
  });
  graph.emit("Slice", [inputs[0], ...[start, end, axes, step].map((v) => graph.int64(v))], {}, outputs);
}

function pad(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  const counts = graph.int64([...list(node, "before"), ...list(node, "after")]);
  const value = number(node, "value");
  const { dtype } = node.outputs[0];
  const data =
    dtype === "float32"
      ? Float32Array.of(value)
      : dtype === "int32"
        ? Int32Array.of(value)
        : Uint8Array.of(value);
  graph.emit("Pad", [inputs[0], counts, graph.initializer(dtype, [], data)], { mode: "constant" }, outputs);
}

/**
 * ONNX Runtime takes identities out and merges equal nodes. So the first value gets its shape from numbers, to which a
 * zero is added that is read from the last value.
 */
function barrier(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  const [first] = node.inputs;
  const flat = graph.emit("Reshape", [inputs.at(-1)!, graph.int64([-1])]);
  const one = graph.emit("Slice", [flat, ...[[0], [1], [0], [1]].map((v) => graph.int64(v))]);
  const never = graph.emit("Less", [graph.emit("Abs", [one]), graph.float(-1)]);
  const shape = graph.emit("Add", [graph.int64(first.shape), castTo(graph, never, "int64")]);
  graph.emit("Reshape", [inputs[0], shape], {}, [outputs[0]]);
  for (const [i, input] of inputs.entries()) if (i > 0) graph.emit("Identity", [input], {}, [outputs[i]]);
}

export const layoutRules: Rules = {
  reshape: (graph, node, inputs, outputs) =>
    void graph.emit("Reshape", [inputs[0], graph.int64(node.outputs[0].shape)], {}, outputs),
  transpose: (graph, node, inputs, outputs) =>
    void graph.emit("Transpose", inputs, { perm: list(node, "permutation") }, outputs),
  broadcast: (graph, node, inputs, outputs) =>
    void graph.emit("Expand", [inputs[0], graph.int64(node.outputs[0].shape)], {}, outputs),
  tile: (graph, node, inputs, outputs) =>
    void graph.emit("Tile", [inputs[0], graph.int64(list(node, "repeats"))], {}, outputs),
  concat: (graph, node, inputs, outputs) =>
    void graph.emit("Concat", inputs, { axis: number(node, "axis") }, outputs),
  split: (graph, node, inputs, outputs) =>
    void graph.emit(
      "Split",
      [inputs[0], graph.int64(list(node, "lengths"))],
      { axis: number(node, "axis") },
      outputs,
    ),
  slice,
  pad,
  barrier,
};
