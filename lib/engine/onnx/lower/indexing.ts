/** Gather and scatter in ONNX: most take int64 indices, so int32 ones are converted on the way. */
import { castTo, number, type Rules } from "./rule.ts";

export const indexingRules: Rules = {
  gather: (graph, node, inputs, outputs) =>
    void graph.emit("Gather", inputs, { axis: number(node, "axis") }, outputs),
  gatherNd: (graph, _node, [x, indices], outputs) =>
    void graph.emit("GatherND", [x, castTo(graph, indices, "int64")], {}, outputs),
  scatterNd: (graph, node, [base, indices, updates], outputs) => {
    const reduction = node.attributes.mode === "add" ? "add" : "none";
    graph.emit("ScatterND", [base, castTo(graph, indices, "int64"), updates], { reduction }, outputs);
  },
  pick: (graph, _node, inputs, outputs) => void graph.emit("GatherElements", inputs, { axis: 1 }, outputs),
  addAtColumn: (graph, _node, inputs, outputs) =>
    void graph.emit("ScatterElements", inputs, { axis: 1, reduction: "add" }, outputs),
};
