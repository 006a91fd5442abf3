/**
 * Defining a fused operation: one tfjs kernel that records the graph nodes we choose, and its gradient.
 *
 * tfjs's own gradients are built from small operations; a formula worked out by hand needs fewer passes over
 * memory and keeps fewer intermediates. Gradients are recorded by kernels too, so they cannot be
 * differentiated again.
 */
import { fail } from "../../core/errors.ts";
import { eagerKernel } from "../eager/run.ts";
import { BACKEND_NAME } from "../record/backend.ts";
import { registerRecorders, type Attrs, type Recorder } from "../record/register.ts";
import { TENSORFLOW } from "../tensorflow/load.ts";
import { tf } from "../tf.ts";

type Tensors = Record<string, tf.Tensor>;

/** A kernel as a function of named tensors. */
export type Kernel<Result> = (inputs: Tensors, attrs?: Record<string, unknown>) => Result;

/** How the gradient of a fused operation is computed. */
export interface Gradient {
  /** Inputs, by name, and outputs, by position, that the gradient needs. */
  inputs: string[];
  outputs?: boolean[];
  /** Gradients by input name, from the gradient of the (first) output and what was saved, in that order. */
  of(dy: tf.Tensor, saved: tf.Tensor[], attrs: Attrs): Record<string, () => tf.Tensor>;
}

/** Define a kernel; an edited module that is loaded again replaces its kernel. */
export function fused<Result = tf.Tensor>(
  name: string,
  record: Recorder,
  gradient?: Gradient,
): Kernel<Result> {
  const kernelName = `Gradbook${name}`;
  for (const backendName of [BACKEND_NAME, TENSORFLOW])
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  if (tf.getGradient(kernelName)) tf.unregisterGradient(kernelName);
  registerRecorders({ [kernelName]: record });
  tf.registerKernel({ kernelName, backendName: TENSORFLOW, kernelFunc: eagerKernel(record) });
  tf.registerGradient({
    kernelName,
    inputsToSave: gradient?.inputs ?? [],
    outputsToSave: gradient?.outputs ?? [],
    gradFunc: (dy, saved, attrs) => {
      if (!gradient) return fail(name, { expected: "an operation that can be differentiated", hint: "this is a gradient itself" }); // prettier-ignore
      return gradient.of(Array.isArray(dy) ? dy[0] : dy, saved, attrs);
    },
  });
  return (inputs, attrs = {}) =>
    tf.engine().runKernel(kernelName, inputs, attrs as tf.NamedAttrMap) as Result;
}
