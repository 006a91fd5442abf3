/** Convolution and pooling in ONNX. */
import type { Node } from "../../graph/value.ts";
import type { OnnxGraph } from "../model.ts";
import { castTo, list, number, type Rules } from "./rule.ts";

function windowAttributes(node: Node) {
  return {
    strides: list(node, "strides"),
    dilations: list(node, "dilations"),
    pads: [...list(node, "before"), ...list(node, "after")],
  };
}

function convTranspose(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  const { strides, dilations, pads } = windowAttributes(node);
  const [dy, kernel] = node.inputs;
  const axes = strides.length;
  // What the strides leave over at the end of the input belongs to it as well.
  const rest = strides.map((stride, i) => {
    const reach = (kernel.shape[i + 2] - 1) * dilations[i] + 1;
    const covered = (dy.shape[i + 2] - 1) * stride + reach - pads[i] - pads[i + axes];
    return node.outputs[0].shape[i + 2] - covered;
  });
  const attributes = { strides, dilations, pads, group: number(node, "groups"), output_padding: rest };
  graph.emit("ConvTranspose", inputs, attributes, outputs);
}

export const convolutionRules: Rules = {
  conv: (graph, node, inputs, outputs) =>
    void graph.emit("Conv", inputs, { ...windowAttributes(node), group: number(node, "groups") }, outputs),
  convTranspose,
  maxPool: (graph, node, inputs, outputs) =>
    void graph.emit(
      "MaxPool",
      inputs,
      { ...windowAttributes(node), kernel_shape: list(node, "kernel") },
      outputs,
    ),
  averagePool: (graph, node, inputs, outputs) =>
    void graph.emit(
      "AveragePool",
      inputs,
      { ...windowAttributes(node), kernel_shape: list(node, "kernel") },
      outputs,
    ),
  maxPoolIndices: (graph, node, inputs, outputs) => {
    const places = graph.fresh();
    const attributes = { ...windowAttributes(node), kernel_shape: list(node, "kernel") };
    graph.emit("MaxPool", inputs, attributes, [graph.fresh(), places]);
    castTo(graph, places, "int32", outputs[0]);
  },
};
