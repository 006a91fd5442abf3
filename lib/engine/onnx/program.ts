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
import { allocate, hostData, isResident, sizeOf, type Data, type Known, type Shape } from "../graph/value.ts";
import { outOfMemory } from "../out-of-memory.ts";
import { threads } from "../threads.ts";
import { elements, type Boundary } from "./boundary.ts";
import { lowerPlan } from "./lower-plan.ts";

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

function largestValue(plan: Plan): number {
  let largest = 0;
  for (const node of plan.nodes)
    for (const value of [...node.inputs, ...node.outputs]) largest = Math.max(largest, sizeOf(value.shape));
  return largest;
}

/** ONNX Runtime's error in our words. */
function explained(cause: Error): GradbookError {
  const asked = /allocate memory for requested buffer of size (\d+)/.exec(cause.message)?.[1];
  if (asked) return outOfMemory(Number(asked), cause);
  return new GradbookError("engine", `ONNX Runtime could not run the graph: ${cause.message}`, { cause });
}

const hostMemory = (data: Known | undefined): Data | undefined => (isResident(data) ? undefined : data);

/** The tensors, by name, over the parts of an input. Variables come back in the same two buffers: cut once. */
function feeder(boundary: Boundary, position: number): (data: Data) => Record<string, OrtTensor> {
  const parts = [...boundary.inputs].filter(([, { input }]) => input === position);
  const cut = (data: Data): Record<string, OrtTensor> =>
    Object.fromEntries(parts.map(([name, part]) => [name, new Tensor(part.dtype, elements(data, part), part.shape)])); // prettier-ignore
  if (parts.length === 1) return cut;
  const known = new WeakMap<Data, Record<string, OrtTensor>>();
  return (data) => {
    let tensors = known.get(data);
    if (!tensors) known.set(data, (tensors = cut(data)));
    return tensors;
  };
}

/** Compile a plan with ONNX Runtime. */
export function onnxProgram(plan: Plan, options: SessionOptions = {}): Program {
  initOrt();
  const session = new binding.InferenceSession();
  const { model, boundary } = lowerPlan(plan);
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
    intraOpNumThreads: largestValue(plan) < PARALLEL_FROM ? 1 : threads(),
    graphOptimizationLevel: "all",
    // A planned block would lie on top of what the arena holds already: half as much memory again.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(options.profile ? { enableProfiling: true, profileFilePrefix: options.profile } : {}),
  });
  const sources = plan.inputs.map((_input, position) => feeder(boundary, position));
  const outputTypes = plan.outputs.map(({ dtype, shape }, i) => ({
    dtype,
    shape: boundary.outputShape(`o${i}`) ?? shape,
    size: sizeOf(shape),
  }));
  return {
    run(inputs, into = []) {
      const feeds: Record<string, OrtTensor> = {};
      inputs.forEach((data, i) => Object.assign(feeds, sources[i](hostData(data))));
      const results = outputTypes.map(({ dtype, size }, i) => hostMemory(into[i]) ?? allocate(dtype, size));
      const fetches: Record<string, OrtTensor> = {};
      outputTypes.forEach(({ dtype, shape }, i) => (fetches[`o${i}`] = new Tensor(dtype, results[i], shape)));
      try {
        session.run(feeds, fetches, {});
      } catch (cause) {
        throw explained(cause as Error);
      }
      return results;
    },
    dispose() {
      if (options.profile) session.endProfiling();
      session.dispose();
    },
  };
}
