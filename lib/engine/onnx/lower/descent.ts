/** SGD with momentum and Lion in ONNX. */
import { inBlocks } from "./blocks.ts";
import { flag, number, type Rule, type Rules } from "./rule.ts";

/** Six passes over whole buffers: so few that blocks cost more than they save (docs/log.md). */
const sgd: Rule = (graph, node, [parameters, gradient, buffer, scale, rate, keep], [next, moved]) => {
  const momentum = graph.float(number(node, "momentum"));
  const times = (a: string, b: string): string => graph.emit("Mul", [a, b]);
  const scaled = times(gradient, scale);
  graph.emit("Add", [times(buffer, momentum), scaled], {}, [moved]);
  const ahead = flag(node, "nesterov") ? graph.emit("Add", [scaled, times(moved, momentum)]) : moved;
  graph.emit("Sub", [times(parameters, keep), times(ahead, rate)], {}, [next]);
};

/** In blocks of the flat buffers. */
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
