/** Elementwise operations in ONNX. Where ONNX Runtime's CPU kernels know only floats, integers pass through. */
import type { Node } from "../../graph/value.ts";
import type { OnnxGraph } from "../model.ts";
import { castTo, direct, number, type Rule, type Rules } from "./rule.ts";

/** Compute in float32 and convert back; for integers and bools where ONNX Runtime has no kernel. */
const inFloat =
  (type: string): Rule =>
  (graph, node, inputs, outputs) => {
    const [{ dtype }] = node.outputs;
    if (dtype === "float32") return void graph.emit(type, inputs, {}, outputs);
    const floats = inputs.map((input) => castTo(graph, input, "float32"));
    castTo(graph, graph.emit(type, floats), dtype, outputs[0]);
  };

const inDouble =
  (type: string): Rule =>
  (graph, _node, inputs, outputs) =>
    void castTo(graph, graph.emit(type, [castTo(graph, inputs[0], "double")]), "float32", outputs[0]);

function tangent(graph: OnnxGraph, _node: Node, inputs: string[], outputs: string[]): void {
  const x = castTo(graph, inputs[0], "double");
  castTo(graph, graph.emit("Div", [graph.emit("Sin", [x]), graph.emit("Cos", [x])]), "float32", outputs[0]);
}

/** ONNX Runtime chooses between numbers only: bools choose as bytes. */
function select(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  if (node.outputs[0].dtype !== "bool") return void graph.emit("Where", inputs, {}, outputs);
  const bytes = inputs.slice(1).map((input) => castTo(graph, input, "uint8"));
  castTo(graph, graph.emit("Where", [inputs[0], ...bytes]), "bool", outputs[0]);
}

/** `type` for numbers, `logical` for bools. */
const logicalForBool =
  (type: string, logical: string): Rule =>
  (graph, node, inputs, outputs) =>
    void graph.emit(node.inputs[0].dtype === "bool" ? logical : type, inputs, {}, outputs);

/** Comparisons of bools compare their 0 and 1. */
const comparison =
  (type: string): Rule =>
  (graph, node, inputs, outputs) => {
    const wide =
      node.inputs[0].dtype === "bool" ? inputs.map((input) => castTo(graph, input, "int32")) : inputs;
    graph.emit(type, wide, {}, outputs);
  };

function mod(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  // The sign of the divisor, as in tfjs: ONNX's integer Mod has it, its float Mod (fmod) has not.
  if (node.outputs[0].dtype !== "float32") return void graph.emit("Mod", inputs, {}, outputs);
  const divisor = inputs[1];
  const shifted = graph.emit("Add", [graph.emit("Mod", inputs, { fmod: 1 }), divisor]);
  graph.emit("Mod", [shifted, divisor], { fmod: 1 }, outputs);
}

function fill(graph: OnnxGraph, node: Node, _inputs: string[], outputs: string[]): void {
  const [{ shape, dtype }] = node.outputs;
  const value = number(node, "value");
  const data =
    dtype === "float32"
      ? Float32Array.of(value)
      : dtype === "int32"
        ? Int32Array.of(value)
        : Uint8Array.of(value);
  graph.emit("Expand", [graph.initializer(dtype, [], data), graph.int64(shape)], {}, outputs);
}

function cast(graph: OnnxGraph, node: Node, inputs: string[], outputs: string[]): void {
  castTo(graph, inputs[0], node.outputs[0].dtype, outputs[0]);
}

const FLOAT_UNARY: Record<string, string> = {
  exp: "Exp", log: "Log", sqrt: "Sqrt", reciprocal: "Reciprocal", erf: "Erf", sin: "Sin", cos: "Cos",
  tan: "Tan", asin: "Asin", acos: "Acos", atan: "Atan", sinh: "Sinh", cosh: "Cosh", tanh: "Tanh",
  asinh: "Asinh", acosh: "Acosh", atanh: "Atanh", sigmoid: "Sigmoid", softplus: "Softplus",
  floor: "Floor", ceil: "Ceil", round: "Round", relu: "Relu", pow: "Pow",
}; // prettier-ignore

export const elementwiseRules: Rules = {
  ...Object.fromEntries(Object.entries(FLOAT_UNARY).map(([op, type]) => [op, inFloat(type)])),
  neg: direct("Neg"),
  abs: direct("Abs"),
  sign: direct("Sign"),
  not: direct("Not"),
  isNaN: direct("IsNaN"),
  isInf: direct("IsInf"),
  add: logicalForBool("Add", "Or"),
  sub: direct("Sub"),
  mul: logicalForBool("Mul", "And"),
  div: direct("Div"),
  max: logicalForBool("Max", "Or"),
  min: logicalForBool("Min", "And"),
  and: direct("And"),
  or: direct("Or"),
  xor: direct("Xor"),
  bitAnd: direct("BitwiseAnd"),
  mod,
  equal: direct("Equal"),
  notEqual: (graph, _node, inputs, outputs) =>
    void graph.emit("Not", [graph.emit("Equal", inputs)], {}, outputs),
  greater: comparison("Greater"),
  greaterEqual: comparison("GreaterOrEqual"),
  less: comparison("Less"),
  lessEqual: comparison("LessOrEqual"),
  "precise:exp": inDouble("Exp"),
  "precise:tan": tangent,
  select,
  cast,
  fill,
};
