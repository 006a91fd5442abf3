/** The optimizers' steps over flat buffers by tfjs operations: the formulas of `graph/adamw.ts` and `graph/descent.ts`. */
import { tf } from "../tf.ts";
import { attribute, type EagerRule, type EagerRules } from "./rule.ts";

const adamw: EagerRule = (node, inputs) => {
  const [parameters, gradient, first, second, scale, stepSize, deviationScale, keep] = inputs;
  const [beta1, beta2] = [attribute<number>(node, "beta1"), attribute<number>(node, "beta2")];
  const scaled = tf.mul(gradient, scale);
  const nextFirst = tf.add(tf.mul(first, beta1), tf.mul(scaled, 1 - beta1));
  const nextSecond = tf.add(tf.mul(second, beta2), tf.mul(tf.square(scaled), 1 - beta2));
  const deviation = tf.add(tf.mul(tf.sqrt(nextSecond), deviationScale), attribute<number>(node, "epsilon"));
  const change = tf.mul(tf.div(nextFirst, deviation), stepSize);
  return [tf.sub(tf.mul(parameters, keep), change), nextFirst, nextSecond];
};

const sgd: EagerRule = (node, [parameters, gradient, buffer, scale, rate, keep]) => {
  const momentum = attribute<number>(node, "momentum");
  const scaled = tf.mul(gradient, scale);
  const moved = tf.add(tf.mul(buffer, momentum), scaled);
  const ahead = attribute<boolean>(node, "nesterov") ? tf.add(scaled, tf.mul(moved, momentum)) : moved;
  return [tf.sub(tf.mul(parameters, keep), tf.mul(ahead, rate)), moved];
};

const lion: EagerRule = (node, [parameters, gradient, buffer, scale, rate, keep]) => {
  const [beta1, beta2] = [attribute<number>(node, "beta1"), attribute<number>(node, "beta2")];
  const scaled = tf.mul(gradient, scale);
  const mix = (beta: number): tf.Tensor => tf.add(tf.mul(buffer, beta), tf.mul(scaled, 1 - beta));
  return [tf.sub(tf.mul(parameters, keep), tf.mul(tf.sign(mix(beta1)), rate)), mix(beta2)];
};

export const optimizerRules: EagerRules = { adamw, sgd, lion };
