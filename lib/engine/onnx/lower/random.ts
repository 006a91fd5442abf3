/** The counter-based generator in ONNX: integer hashing of Range(0, n) plus the seed. */
import { COUNTER, FIRST, SECOND, UNIT } from "../../graph/random.ts";
import { sizeOf, type Node } from "../../graph/value.ts";
import type { OnnxGraph } from "../model.ts";
import { castTo, type Rules } from "./rule.ts";

/** x ⊕ (x ≫ bits), logical shift. int32 has no shift in ONNX, so it goes through uint32. */
function xorShift(graph: OnnxGraph, x: string, bits: number): string {
  const unsigned = castTo(graph, x, "uint32");
  const shifted = graph.emit("BitShift", [unsigned, graph.uint32(bits)], { direction: "RIGHT" });
  return castTo(graph, graph.emit("BitwiseXor", [unsigned, shifted]), "int32");
}

function randomBits(graph: OnnxGraph, node: Node, [seed]: string[], outputs: string[]): void {
  const { shape } = node.outputs[0];
  const counter = graph.emit("Range", [0, sizeOf(shape), 1].map((value) => graph.int32(value))); // prettier-ignore
  const spread = graph.emit("Mul", [counter, graph.int32(COUNTER)]);
  const mixed = graph.emit("Add", [
    spread,
    graph.emit("Mul", [xorShift(graph, seed, 16), graph.int32(FIRST)]),
  ]);
  const first = graph.emit("Mul", [xorShift(graph, mixed, 16), graph.int32(FIRST)]);
  const second = graph.emit("Mul", [xorShift(graph, first, 15), graph.int32(SECOND)]);
  graph.emit("Reshape", [second, graph.int64(shape)], {}, outputs);
}

function uniform(graph: OnnxGraph, _node: Node, [bits]: string[], outputs: string[]): void {
  const unsigned = castTo(graph, bits, "uint32");
  const top = graph.emit("BitShift", [unsigned, graph.uint32(8)], { direction: "RIGHT" });
  const counts = castTo(graph, castTo(graph, top, "int32"), "float32");
  graph.emit("Mul", [counts, graph.float(UNIT)], {}, outputs);
}

export const randomRules: Rules = { randomBits, uniform };
