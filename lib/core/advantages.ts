/**
 * Generalized advantage estimation (Schulman et al., arXiv 1506.02438): how much better than expected an action was.
 *
 *   δ_t = r_t + γ V(s_{t+1}) − V(s_t),   A_t = δ_t + γ λ A_{t+1}
 *
 * λ = 0 trusts the value function alone, λ = 1 the rewards that came.
 */

export interface Trajectory {
  rewards: ArrayLike<number>;
  /** V(s_t). */
  values: ArrayLike<number>;
  /** V of the state after each step: 0 where the task ended there. */
  nextValues: ArrayLike<number>;
  /** 1 where an episode ended (by itself or by time) with this step: nothing flows back over it. */
  ends: ArrayLike<number>;
}

/** @returns advantages; with the values added they are the targets of the value function */
export function generalizedAdvantages(
  { rewards, values, nextValues, ends }: Trajectory,
  gamma: number,
  lambda: number,
): Float32Array {
  const advantages = new Float32Array(rewards.length);
  let following = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const delta = rewards[t] + gamma * nextValues[t] - values[t];
    following = advantages[t] = delta + (ends[t] ? 0 : gamma * lambda * following);
  }
  return advantages;
}
