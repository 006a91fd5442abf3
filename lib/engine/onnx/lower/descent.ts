/** SGD with momentum and Lion in ONNX, in blocks of the flat buffers. */
import { inBlocks } from "./blocks.ts";
import { flag, number, type Rule, type Rules } from "./rule.ts";

const sgd: Rule = (graph, node, inputs, outputs) => {
  const [scale, rate, keep] = inputs.slice(3);
  const momentum = graph.float(number(node, "momentum"));
  inBlocks(graph, node.outputs[0].shape[0], inputs.slice(0, 3), outputs, (g, buffers, [next, moved]) => {
    const [parameters, gradient, buffer] = buffers;
    const times = (a: string, b: string): string => g.emit("Mul", [a, b]);
    const scaled = times(gradient, scale);
    g.emit("Add", [times(buffer, momentum), scaled], {}, [moved]);
    const ahead = flag(node, "nesterov") ? g.emit("Add", [scaled, times(moved, momentum)]) : moved;
    g.emit("Sub", [times(parameters, keep), times(ahead, rate)], {}, [next]);
  });
};

const lion: Rule = (graph, node, inputs, outputs) => {
  const [scale, rate, keep] = inputs.slice(3);
  const [beta1, beta2] = ["beta1", "beta2"].map((name) => number(node, name));
  const [kept1, kept2] = [beta1, beta2].map((beta) => graph.float(beta));
  const [new1, new2] = [beta1, beta2].map((beta) => graph.emit("Mul", [scale, graph.float(1 - beta)]));
  inBlocks(graph, node.outputs[0].shape[0], inputs.slice(0, 3), outputs, (g, buffers, [next, moved]) => {
    const [parameters, gradient, buffer] = buffers;
    const times = (a: string, b: string): string => g.emit("Mul", [a, b]);
    const direction = g.emit("Sign", [g.emit("Add", [times(buffer, kept1), times(gradient, new1)])]);
    g.emit("Add", [times(buffer, kept2), times(gradient, new2)], {}, [moved]);
    g.emit("Sub", [times(parameters, keep), times(direction, rate)], {}, [next]);
  });
};

export const descentRules: Rules = { sgd, lion };
