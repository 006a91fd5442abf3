/** Matrix products, normalization, reductions and the softmax family by tfjs operations. */
import type { Shape } from "../graph/value.ts";
import { tf } from "../tf.ts";
import { attribute, type EagerRule, type EagerRules } from "./rule.ts";

const matmul: EagerRule = (node, [a, b, bias]) => {
  const product = tf.matMul(a, b, attribute(node, "transposeA"), attribute(node, "transposeB"));
  const alpha = attribute<number>(node, "alpha");
  const scaled = alpha === 1 ? product : tf.mul(product, alpha);
  return bias ? tf.add(scaled, bias) : scaled;
};

/** The result, and per row its mean and inverse deviation. */
const layerNorm: EagerRule = (node, [x, gain, bias]) => {
  const mean = tf.mean(x, -1, true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), -1, true);
  const inverse = tf.rsqrt(tf.add(variance, attribute<number>(node, "epsilon")));
  const scaled = tf.mul(tf.mul(centred, inverse), gain);
  return [bias ? tf.add(scaled, bias) : scaled, mean, inverse];
};

type Reduce = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;

const reduction =
  (reduce: Reduce): EagerRule =>
  (node, [x]) =>
    reduce(x, [...attribute<Shape>(node, "axes")], attribute(node, "keepDims"));

export const linearRules: EagerRules = {
  matmul,
  matmulInt: (_node, [a, b]) => tf.matMul(a, b),
  einsum: (node, inputs) => tf.einsum(attribute(node, "equation"), ...inputs),
  layerNorm,
  reduceSum: reduction(tf.sum),
  reduceMean: reduction(tf.mean),
  reduceMax: reduction(tf.max),
  reduceMin: reduction(tf.min),
  reduceProd: reduction(tf.prod),
  reduceSumSquare: reduction((x, axes, keepDims) => tf.sum(tf.square(x), axes, keepDims)),
  argMax: (node, [x]) => tf.argMax(x, attribute(node, "axis")),
  argMin: (node, [x]) => tf.argMin(x, attribute(node, "axis")),
  cumsum: (node, [x]) =>
    tf.cumsum(x, attribute(node, "axis"), attribute(node, "exclusive"), attribute(node, "reverse")),
  topK: (node, [x]) => {
    const { values, indices } = tf.topk(x, attribute(node, "k"));
    return [values, indices];
  },
  softmax: (_node, [x]) => tf.softmax(x),
  logSoftmax: (_node, [x]) => tf.logSoftmax(x),
};
