/**
 * Graph pieces computed at once, for tfjs backends that record nothing: each fused operation and each gradient
 * of one is recorded as always, then its nodes run one after the other as tfjs operations of that backend.
 */
import { numbersOf, placeholder, type Dtype, type Node, type Value } from "../graph/value.ts";
import type { Recorder } from "../record/register.ts";
import { tf } from "../tf.ts";
import { elementwiseRules } from "./elementwise.ts";
import { layoutRules } from "./layout.ts";
import { linearRules } from "./linear.ts";
import { optimizerRules } from "./optimizers.ts";
import { integerRules } from "./integers.ts";
import { randomRules } from "./random.ts";
import type { EagerRules } from "./rule.ts";

const rules: EagerRules = {
  ...elementwiseRules,
  ...layoutRules,
  ...linearRules,
  ...optimizerRules,
  ...integerRules,
  ...randomRules,
};

/** The tensors of `outputs`, from those of the placeholders in `known`. */
function compute(outputs: readonly Value[], known: ReadonlyMap<Value, tf.Tensor>): tf.Tensor[] {
  const made = new Map<Value, tf.Tensor>(known);
  const runNode = (node: Node): void => {
    const rule = rules[node.op];
    if (!rule) throw new Error(`no eager rule for the graph operation ${node.op}`);
    const results = [rule(node, node.inputs.map(tensorOf))].flat();
    node.outputs.forEach((output, i) => made.set(output, results[i]));
  };
  // The graph of one fused operation is shallow: no explicit stack as in planning.
  const tensorOf = (value: Value): tf.Tensor => {
    const found = made.get(value);
    if (found) return found;
    if (value.data) made.set(value, tf.tensor(numbersOf(value), [...value.shape], value.dtype));
    else runNode(value.producer!);
    return made.get(value)!;
  };
  const given = new Set(known.values());
  return outputs.map((output) => {
    const tensor = tensorOf(output);
    // A tensor of the caller's, or one that is returned already, must not be handed out as a new one.
    if (given.has(tensor)) return tf.clone(tensor);
    given.add(tensor);
    return tensor;
  });
}

/** A kernel function, for tfjs's registry, that records with `record` and computes the result at once. */
export function eagerKernel(record: Recorder): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const known = new Map<Value, tf.Tensor>();
    const values: Record<string, Value> = {};
    for (const [name, tensor] of Object.entries(inputs as tf.NamedTensorMap)) {
      values[name] = placeholder(tensor.shape, tensor.dtype as Dtype);
      known.set(values[name], tensor);
    }
    const recorded = record(values, attrs ?? {})!;
    return tf.tidy(() => {
      const results = compute([recorded].flat(), known);
      return Array.isArray(recorded) ? results : results[0];
    });
  };
}
