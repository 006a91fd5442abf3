/** A plan as an ONNX model. */
import type { Plan } from "../graph/plan.ts";
import { numbersOf, type Data, type Value } from "../graph/value.ts";
import { Boundary, cut, type View } from "./boundary.ts";
import { rules } from "./lower/index.ts";
import { OnnxGraph } from "./model.ts";

/** For a model that leaves the engine: what its inputs and outputs are called, and which inputs are numbers of it. */
export interface Naming {
  /** A name, or the data to bake into the model. */
  input(value: Value, position: number): string | Data;
  output(position: number): string;
}

/** A model, and where the engine finds what to feed it. */
export interface Lowered {
  model: Uint8Array;
  boundary: Boundary;
}

const outputName = (position: number): string => `o${position}`;

/**
 * The model that computes `plan.outputs`, named `o0…`, from parts of `plan.inputs`, with ONNX Runtime's fused
 * operators.
 */
export function lowerPlan(plan: Plan): Lowered {
  const read = new Set(plan.nodes.flatMap(({ inputs }) => inputs.map((input) => plan.numberOf(input))));
  const numbers = plan.outputs.map((value) => plan.numberOf(value));
  const once = (position: number): boolean => numbers.indexOf(numbers[position]) === numbers.lastIndexOf(numbers[position]); // prettier-ignore
  const unread = [...numbers.keys()].filter((i) => !read.has(numbers[i]) && once(i));
  const boundary = new Boundary(new Set(unread.map(outputName)));
  const model = encode(plan, new OnnxGraph("v", { boundary }), outputName, boundary);
  return { model, boundary };
}

/** The same of the ONNX standard's operators only and with names of one's own, so that every runtime can run it. */
export function lowerForExport(plan: Plan, naming: Naming): Uint8Array {
  return encode(plan, new OnnxGraph("v", { standard: true }), naming.output, naming);
}

function encode(
  plan: Plan,
  graph: OnnxGraph,
  nameOfOutput: (position: number) => string,
  boundary: Boundary | Naming,
): Uint8Array {
  const names = new Map<number, string>();
  const views = new Map<number, View>();
  const nameOf = (value: Value): string => {
    const number = plan.numberOf(value);
    const view = views.get(number);
    return view && boundary instanceof Boundary ? boundary.nameOf(view) : names.get(number)!;
  };
  const bake = (value: Value, data: Data): void =>
    void names.set(plan.numberOf(value), graph.initializer(value.dtype, value.shape, data));

  plan.inputs.forEach((value, position) => {
    const { shape, dtype } = value;
    if (boundary instanceof Boundary)
      return void views.set(plan.numberOf(value), { input: position, offset: 0, shape, dtype });
    const name = boundary.input(value, position);
    if (typeof name !== "string") return bake(value, name);
    names.set(plan.numberOf(value), name);
    graph.input(name, dtype, shape);
  });
  for (const value of plan.constants) bake(value, numbersOf(value));

  const outputNames = new Map<number, string>();
  plan.outputs.forEach((value, position) => {
    const number = plan.numberOf(value);
    if (!names.has(number) && !views.has(number) && !outputNames.has(number)) outputNames.set(number, nameOfOutput(position)); // prettier-ignore
  });
  for (const node of plan.nodes) {
    const source = node.inputs.length === 1 ? views.get(plan.numberOf(node.inputs[0])) : undefined;
    const parts = source && cut(node, source);
    if (parts) {
      node.outputs.forEach((value, i) => {
        views.set(plan.numberOf(value), parts[i]);
        outputNames.delete(plan.numberOf(value));
      });
      continue;
    }
    const rule = rules[node.op];
    if (!rule) throw new Error(`no ONNX rule for the graph operation ${node.op}`);
    const outputs = node.outputs.map((value) => outputNames.get(plan.numberOf(value)) ?? graph.fresh());
    node.outputs.forEach((value, i) => names.set(plan.numberOf(value), outputs[i]));
    rule(graph, node, node.inputs.map(nameOf), outputs);
  }
  plan.outputs.forEach((value, position) => {
    const name = nameOfOutput(position);
    // An input or a part of one, a constant, or the same value asked for twice.
    if (nameOf(value) !== name) graph.emit("Identity", [nameOf(value)], {}, [name]);
    const shape = boundary instanceof Boundary ? boundary.outputShape(name) : undefined;
    graph.output(name, value.dtype, shape ?? value.shape);
  });
  if (boundary instanceof Boundary)
    for (const [name, { dtype, shape }] of boundary.inputs) graph.input(name, dtype, shape);
  return graph.encodeModel();
}
