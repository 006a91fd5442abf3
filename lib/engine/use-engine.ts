/** Which engine computes: chosen once, at the start, by `GRADBOOK_ENGINE` or `useEngine`. */
import { fail, nearest } from "../core/errors.ts";
import { chooseLowering, type LoweringName } from "./lowering.ts";
import { BACKEND_NAME } from "./record/backend.ts";
import { loadTensorflow, TENSORFLOW } from "./tensorflow/load.ts";
import { PRECISIONS } from "./xla/module.ts";
import type { XlaOptions } from "./xla/program.ts";
import { tf } from "./tf.ts";

export type EngineOptions = XlaOptions;

/** Engines by what computes in them. */
const ENGINES: Record<string, (options: EngineOptions) => void> = {
  onnx: () => recordFor("onnx"),
  xla: (options) => recordFor("xla", options),
  tensorflow: () => {
    loadTensorflow();
    tf.setBackend(TENSORFLOW);
  },
};

function recordFor(lowering: LoweringName, options?: EngineOptions): void {
  chooseLowering(lowering, options);
  tf.setBackend(BACKEND_NAME);
}

/**
 * Compute with `"onnx"` (compiled graphs on ONNX Runtime, the default), `"xla"` (the same graphs on an XLA plugin) or
 * `"tensorflow"` (TensorFlow's own operations, one by one, on a GPU where its build has one).
 *
 * Choose before the first tensor is made: tensors stay with the engine that made them, but `onnx` and `xla` share theirs.
 * @throws GradbookError for an unknown name, and for an engine that is not installed, with the command that installs it
 */
export function useEngine(name: string, options: EngineOptions = {}): void {
  const use = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (!use) {
    const names = Object.keys(ENGINES);
    const near = nearest(name, names);
    fail("engine", { expected: names.join(" or "), got: name, hint: near && `did you mean ${near}?` });
  }
  const [option] = Object.keys(options);
  if (option && name !== "xla")
    fail("engine", { expected: `${option} with the engine xla`, got: `${option} with ${name}` });
  if (options.precision && !PRECISIONS.includes(options.precision))
    fail("engine xla", { expected: "precision fp32, tf32 or bf16", got: options.precision });
  if (options.attention && !["fused", "composed"].includes(options.attention))
    fail("engine xla", { expected: "attention fused or composed", got: options.attention });
  use(options);
}
