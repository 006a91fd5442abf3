/**
 * A plan as an ONNX Runtime session that runs synchronously.
 *
 * The package's public `InferenceSession` only offers a promise; tfjs's `dataSync` needs an answer at once, so
 * this talks to the native binding under it. Buffers are the tensors' own typed arrays, in both directions:
 * nothing is copied.
 */
import { createRequire } from "node:module";
import { GradbookError } from "../../core/errors.ts";
import type { Plan } from "../graph/plan.ts";
import type { Program } from "../graph/program.ts";
import { allocate, sizeOf, type Data, type Shape, type Value } from "../graph/value.ts";
import { threads } from "../threads.ts";
import { OnnxGraph } from "./model.ts";
import { rules } from "./lower/index.ts";

interface OrtTensor {
  readonly data: Data;
}
interface NativeSession {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  run(feeds: object, fetches: object, options: object): Record<string, OrtTensor>;
  dispose(): void;
  endProfiling(): void;
}

const require = createRequire(import.meta.url);
const { Tensor } = require("onnxruntime-node") as {
  Tensor: new (dtype: string, data: Data, shape: Shape) => OrtTensor;
};
const { binding, initOrt } = require("onnxruntime-node/dist/binding.js") as {
  binding: { InferenceSession: new () => NativeSession };
  initOrt(): void;
};

/** Below this many elements in its largest value a graph runs on one thread: waking others costs more. */
const PARALLEL_FROM = 1 << 14;

export interface SessionOptions {
  /** Write a profile to files with this prefix when the session ends. */
  profile?: string;
}

/** The ONNX model of a plan: inputs `i0…`, outputs `o0…`. */
export function lowerToOnnx(plan: Plan): Uint8Array {
  const graph = new OnnxGraph("v");
  const names = new Map<number, string>();
  const nameOf = (value: Value): string => names.get(plan.numberOf(value))!;
  plan.inputs.forEach((value, i) => {
    names.set(plan.numberOf(value), `i${i}`);
    graph.input(`i${i}`, value.dtype, value.shape);
  });
  for (const value of plan.constants)
    names.set(plan.numberOf(value), graph.initializer(value.dtype, value.shape, value.data!));
  const outputNames = new Map<number, string>();
  plan.outputs.forEach((value, i) => {
    const number = plan.numberOf(value);
    if (!names.has(number) && !outputNames.has(number)) outputNames.set(number, `o${i}`);
  });
  for (const node of plan.nodes) {
    const rule = rules[node.op];
    if (!rule) throw new Error(`no ONNX rule for the graph operation ${node.op}`);
    const outputs = node.outputs.map((value) => outputNames.get(plan.numberOf(value)) ?? graph.fresh());
    node.outputs.forEach((value, i) => names.set(plan.numberOf(value), outputs[i]));
    rule(graph, node, node.inputs.map(nameOf), outputs);
  }
  plan.outputs.forEach((value, i) => {
    if (nameOf(value) !== `o${i}`) graph.emit("Identity", [nameOf(value)], {}, [`o${i}`]);
    graph.output(`o${i}`, value.dtype, value.shape);
  });
  return graph.encodeModel();
}

function largestValue(plan: Plan): number {
  let largest = 0;
  for (const node of plan.nodes)
    for (const value of [...node.inputs, ...node.outputs]) largest = Math.max(largest, sizeOf(value.shape));
  return largest;
}

/** Compile a plan with ONNX Runtime. */
export function onnxProgram(plan: Plan, options: SessionOptions = {}): Program {
  initOrt();
  const session = new binding.InferenceSession();
  const model = lowerToOnnx(plan);
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
    intraOpNumThreads: largestValue(plan) < PARALLEL_FROM ? 1 : threads(),
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    ...(options.profile ? { enableProfiling: true, profileFilePrefix: options.profile } : {}),
  });
  const inputTypes = plan.inputs.map(({ dtype, shape }) => ({ dtype, shape }));
  const outputTypes = plan.outputs.map(({ dtype, shape }) => ({ dtype, shape, size: sizeOf(shape) }));
  return {
    run(inputs, into = []) {
      const feeds: Record<string, OrtTensor> = {};
      inputTypes.forEach(({ dtype, shape }, i) => (feeds[`i${i}`] = new Tensor(dtype, inputs[i], shape)));
      const results = outputTypes.map(({ dtype, size }, i) => into[i] ?? allocate(dtype, size));
      const fetches: Record<string, OrtTensor> = {};
      outputTypes.forEach(({ dtype, shape }, i) => (fetches[`o${i}`] = new Tensor(dtype, results[i], shape)));
      try {
        session.run(feeds, fetches, {});
      } catch (cause) {
        throw new GradbookError("engine", `ONNX Runtime could not run the graph: ${(cause as Error).message}`, { cause }); // prettier-ignore
      }
      return results;
    },
    dispose() {
      if (options.profile) session.endProfiling();
      session.dispose();
    },
  };
}
