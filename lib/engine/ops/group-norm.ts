/**
 * Group normalization of channels-first data: each group of channels is normalized over its channels and
 * positions together.
 *
 * Paper: Wu & He, "Group Normalization", arXiv 1803.08494. `N` batch, `C` channels, `S…` positions.
 */
import { fail } from "../../core/errors.ts";
import { tf } from "../tf.ts";
import { layerNorm } from "./layer-norm.ts";

/**
 * gain · (x − mean) / √(variance + epsilon) + bias, statistics over each of `groups` groups of channels.
 *
 * @param x [N, C, S…]
 * @param gain, bias [C]
 * @throws GradbookError when groups does not divide C
 */
export function groupNorm<T extends tf.Tensor>(
  x: T,
  gain: tf.Tensor,
  bias: tf.Tensor,
  { groups, epsilon = 1e-5 }: { groups: number; epsilon?: number },
): T {
  const [batch, channels, ...positions] = x.shape;
  if (!Number.isInteger(channels / groups))
    fail("groupNorm", { expected: `groups that divide ${channels} channels`, got: groups });
  const perGroup = x.size / (batch * groups);
  const rows = tf.reshape(x, [batch * groups, perGroup]);
  const normalized = tf.reshape(layerNorm(rows, tf.ones([perGroup]), undefined, { epsilon }), x.shape);
  const perChannel = [channels, ...positions.map(() => 1)];
  return tf.add(tf.mul(normalized, tf.reshape(gain, perChannel)), tf.reshape(bias, perChannel));
}
