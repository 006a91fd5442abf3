/** A plan as an ONNX model. */
import type { Plan } from "../graph/plan.ts";
import { numbersOf, type Data, type Value } from "../graph/value.ts";
import { rules } from "./lower/index.ts";
import { OnnxGraph } from "./model.ts";

/** What a model's inputs and outputs are called, and which inputs are numbers of the model itself. */
export interface Naming {
  /** A name, or the data to bake into the model. */
  input(value: Value, position: number): string | Data;
  output(position: number): string;
  /** Use operators of the ONNX standard only, so that every runtime can run the model. */
  standard: boolean;
}

/** The engine's own: inputs `i0…`, outputs `o0…`, ONNX Runtime's fused operators allowed. */
export const PLAIN_NAMES: Naming = {
  input: (_value, position) => `i${position}`,
  output: (position) => `o${position}`,
  standard: false,
};

/** The encoded model that computes `plan.outputs` from `plan.inputs`. */
export function lowerPlan(plan: Plan, naming: Naming = PLAIN_NAMES): Uint8Array {
  const graph = new OnnxGraph("v", naming.standard);
  const names = new Map<number, string>();
  const nameOf = (value: Value): string => names.get(plan.numberOf(value))!;
  const bake = (value: Value, data: Data): void =>
    void names.set(plan.numberOf(value), graph.initializer(value.dtype, value.shape, data));

  plan.inputs.forEach((value, position) => {
    const name = naming.input(value, position);
    if (typeof name !== "string") return bake(value, name);
    names.set(plan.numberOf(value), name);
    graph.input(name, value.dtype, value.shape);
  });
  for (const value of plan.constants) bake(value, numbersOf(value));

  const outputNames = new Map<number, string>();
  plan.outputs.forEach((value, position) => {
    const number = plan.numberOf(value);
    if (!names.has(number) && !outputNames.has(number)) outputNames.set(number, naming.output(position));
  });
  for (const node of plan.nodes) {
    const rule = rules[node.op];
    if (!rule) throw new Error(`no ONNX rule for the graph operation ${node.op}`);
    const outputs = node.outputs.map((value) => outputNames.get(plan.numberOf(value)) ?? graph.fresh());
    node.outputs.forEach((value, i) => names.set(plan.numberOf(value), outputs[i]));
    rule(graph, node, node.inputs.map(nameOf), outputs);
  }
  plan.outputs.forEach((value, position) => {
    const name = naming.output(position);
    // An input, a constant, or the same value asked for twice.
    if (nameOf(value) !== name) graph.emit("Identity", [nameOf(value)], {}, [name]);
    graph.output(name, value.dtype, value.shape);
  });
  return graph.encodeModel();
}
