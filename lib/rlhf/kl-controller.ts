/**
 * How much a nat of distance from the reference costs: a fixed price, or one that follows a target (Ziegler et al.,
 * arXiv 1909.08593, 2.2).
 *
 *   e = clip(KL/target − 1, −0.2, 0.2),   β ← β·(1 + e·n/horizon)   after n samples
 */
export interface KlController {
  /** β: price of a nat. */
  readonly coefficient: number;
  /** @param kl nats per completion @param samples how many completions it is the mean of */
  update(kl: number, samples: number): void;
  /** Puts a saved price back. */
  restore(coefficient: number): void;
}

export interface KlControllerSettings {
  /** β at the start. */
  klCoefficient: number;
  /** Nats per completion that β aims at; 0: β stays. */
  klTarget: number;
  /** Samples until β could have doubled, roughly. */
  klHorizon: number;
}

const MOST = 0.2;

export function klController({ klCoefficient, klTarget, klHorizon }: KlControllerSettings): KlController {
  let coefficient = klCoefficient;
  return {
    get coefficient() {
      return coefficient;
    },
    update(kl, samples) {
      if (klTarget === 0) return;
      const error = Math.min(MOST, Math.max(-MOST, kl / klTarget - 1));
      coefficient *= 1 + (error * samples) / klHorizon;
    },
    restore(saved) {
      coefficient = saved;
    },
  };
}
