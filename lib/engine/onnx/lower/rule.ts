/** The shape of a lowering rule, and helpers that several groups of rules use. */
import type { Node } from "../../graph/value.ts";
import type { ElementType, OnnxGraph } from "../model.ts";
import { ELEMENT_TYPE } from "../model.ts";

/** Emit ONNX nodes that compute `node`'s outputs, named `outputs`, from `inputs`. */
export type Rule = (graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]) => void;
export type Rules = Readonly<Record<string, Rule>>;

/** One ONNX node of the same arity, without attributes. */
export const direct =
  (type: string): Rule =>
  (graph, _node, inputs, outputs) =>
    void graph.emit(type, inputs, {}, outputs);

/** A cast of a named tensor. */
export function castTo(graph: OnnxGraph, name: string, type: ElementType, output = graph.fresh()): string {
  return graph.emit("Cast", [name], { to: ELEMENT_TYPE[type] }, [output]);
}

/** An attribute that is a list of integers. */
export const list = (node: Node, name: string): readonly number[] =>
  node.attributes[name] as readonly number[];
/** An attribute that is a number. */
export const number = (node: Node, name: string): number => node.attributes[name] as number;
/** An attribute that is a flag. */
export const flag = (node: Node, name: string): boolean => node.attributes[name] === true;
