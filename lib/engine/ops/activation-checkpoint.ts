/**
 * Activation checkpointing (Chen et al., arXiv 1604.06174; "gradient checkpointing"): only the inputs of a part are kept
 * for its gradient, everything inside is computed again when the gradient needs it. About a third more arithmetic,
 * and memory for one part's activations at a time instead of all parts'.
 *
 * Equal nodes of a graph are merged, and compilers do the same, so the second computation starts from a `barrier` that
 * also waits for the gradient.
 */
import { barrier } from "../graph/layout.ts";
import { replay } from "../random.ts";
import { flatten, unflatten } from "../structure.ts";
import { tf } from "../tf.ts";
import { fused } from "./fused.ts";

const barrierKernel = fused<tf.Tensor[]>("Barrier", ({ x, dy }) => barrier([x, dy]));

/**
 * fn(x, given), with its activations computed twice instead of kept.
 *
 * @param x what comes from the part before
 * @param given weights and whatever else, nested; gradients go to the float32 tensors. `fn` must not take tensors from
 *   anywhere else; it is called again for the gradient, with the same random numbers
 */
export function activationCheckpoint<Given>(
  fn: (x: tf.Tensor, given: Given) => tf.Tensor,
  x: tf.Tensor,
  given: Given,
): tf.Tensor {
  const others: tf.Tensor[] = [];
  const structure = flatten("activationCheckpoint", given, others);
  const learning = others.filter(({ dtype }) => dtype === "float32");
  const withThese = (
    first: tf.Tensor,
    learned: readonly tf.Tensor[],
    saved: readonly tf.Tensor[],
  ): tf.Tensor => {
    let next = 0;
    const tensors = others.map(({ dtype }, i) => (dtype === "float32" ? learned[next++] : saved[i]));
    return fn(first, unflatten(structure, tensors) as Given);
  };
  const again = replay();
  const part = tf.customGrad((...args: unknown[]) => {
    const inputs = args.slice(0, -1) as tf.Tensor[];
    const save = args.at(-1) as tf.GradSaveFunc;
    const fixed = others.filter(({ dtype }) => dtype !== "float32");
    save([...inputs, ...fixed]);
    return {
      value: withThese(inputs[0], inputs.slice(1), others),
      gradFunc(dy: tf.Tensor, saved: tf.Tensor[]) {
        const [first, ...kept] = saved;
        const [barred, gradient] = barrierKernel({ x: first, dy });
        let next = learning.length;
        const rest = others.map(({ dtype }) => (dtype === "float32" ? dy : kept[next++]));
        const run = (start: tf.Tensor, ...learned: tf.Tensor[]): tf.Tensor => withThese(start, learned, rest);
        const variables = [barred, ...kept.slice(0, learning.length)];
        return again(() => nestedGradients(run, variables, gradient));
      },
    };
  });
  return part(x, ...learning);
}

/** Gradients of a function while another one's are worked out: tfjs has one tape, which is put aside. */
function nestedGradients(
  fn: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
  dy: tf.Tensor,
): tf.Tensor[] {
  const engine = tf.engine();
  const { activeTape } = engine.state;
  try {
    const { value, grads } = engine.gradients(() => fn(...inputs), inputs, dy, true);
    value.dispose();
    return grads.map((gradient, i) => gradient ?? tf.zerosLike(inputs[i]));
  } finally {
    engine.state.activeTape = activeTape;
  }
}
