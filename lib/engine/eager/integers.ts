/** Operations on the bits of int32 tensors, which tfjs has no kernels for: they talk to the TensorFlow backend's own. */
import { tf } from "../tf.ts";
import type { EagerRules } from "./rule.ts";

/** The part of tfjs-node's backend that runs a TensorFlow operation by its name. */
interface TensorFlowBackend {
  readonly binding: { TF_ATTR_TYPE: number; TF_INT32: number };
  executeSingleOutput(name: string, attributes: object[], inputs: tf.Tensor[]): tf.Tensor;
}

/** An int32 operation of TensorFlow. */
export function integers(name: string, a: tf.Tensor, b: number | tf.Tensor): tf.Tensor {
  const backend = tf.backend() as unknown as TensorFlowBackend;
  const { TF_ATTR_TYPE: type, TF_INT32: value } = backend.binding;
  const right = typeof b === "number" ? tf.scalar(b, "int32") : b;
  return backend.executeSingleOutput(name, [{ name: "T", type, value }], [a, right]);
}

export const integerRules: EagerRules = { bitAnd: (_node, [a, b]) => integers("BitwiseAnd", a, b) };
