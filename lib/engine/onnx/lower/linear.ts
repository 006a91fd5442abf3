/** Matrix products and layer normalization in ONNX. */
import { swapLastTwo } from "../../graph/shape.ts";
import type { Node } from "../../graph/value.ts";
import { asFloat, type OnnxGraph } from "../model.ts";
import { direct, flag, number, type Rules } from "./rule.ts";

function matmul(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  const transA = flag(node, "transposeA") ? 1 : 0;
  const transB = flag(node, "transposeB") ? 1 : 0;
  const alpha = number(node, "alpha");
  const matrices = node.inputs[0].shape.length === 2 && node.inputs[1].shape.length === 2;
  if (matrices) graph.emit("Gemm", inputs, { transA, transB, alpha: asFloat(alpha) }, outputs);
  else if (!transA && !transB && alpha === 1) graph.emit("MatMul", inputs, {}, outputs);
  else if (graph.standard) plainProduct(graph, node, inputs, outputs);
  else graph.emitContrib("FusedMatMul", inputs, { transA, transB, alpha: asFloat(alpha) }, outputs);
}

/** The same without ONNX Runtime's fused operator: transpose, multiply, scale. */
function plainProduct(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  const operands = inputs.map((input, i) => {
    if (!flag(node, i === 0 ? "transposeA" : "transposeB")) return input;
    return graph.emit("Transpose", [input], { perm: swapLastTwo([...node.inputs[i].shape.keys()]) });
  });
  const product = graph.emit("MatMul", operands);
  graph.emit("Mul", [product, graph.float(number(node, "alpha"))], {}, outputs);
}

export const linearRules: Rules = {
  matmul,
  matmulInt: direct("MatMul"),
  einsum: (graph, node, inputs, outputs) =>
    void graph.emit("Einsum", inputs, { equation: node.attributes.equation as string }, outputs),
  layerNorm: (graph, node, inputs, outputs) =>
    void graph.emit(
      "LayerNormalization",
      inputs,
      { axis: -1, epsilon: asFloat(number(node, "epsilon")) },
      outputs,
    ),
};
