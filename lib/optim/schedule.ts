/**
 * Learning rate over time: up in a straight line, then down along a curve.
 *
 * Small steps first, because Adam's averages know nothing yet; smaller and smaller ones at the end, to settle.
 * - cosine: half a cosine wave (Loshchilov & Hutter, arXiv 1608.03983), as in GPT-3 and nanoGPT
 * - linear: a straight line down
 * - wsd: stay at the peak, and go down in a straight line over the last fifth (Hu et al., arXiv 2404.06395)
 * - noam: with the inverse root of the step, √(warm-up / step), as in the first transformer (Vaswani et al.,
 *   arXiv 1706.03762, 5.3); it knows no last step, so finalShare does not count
 * - constant: stay at the peak
 */

export const SCHEDULES = ["cosine", "linear", "wsd", "noam", "constant"] as const;

export interface Schedule {
  schedule: (typeof SCHEDULES)[number];
  /** The peak. */
  learningRate: number;
  /** Where it ends, as a share of the peak. */
  finalShare: number;
  /** Steps from 0 to the peak. */
  warmupSteps: number;
  /** Steps of the whole run. */
  steps: number;
}

/** Share of the run in which `wsd` goes down. */
const DECAY_PHASE = 0.2;

/**
 * The learning rate of one step.
 *
 * @param step 0 at the first update; beyond the last one the final rate stays
 */
export function learningRateAt(step: number, settings: Schedule): number {
  const { learningRate, finalShare, warmupSteps, steps } = settings;
  if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);
  if (settings.schedule === "noam") return learningRate * Math.sqrt((warmupSteps + 1) / (step + 1));
  const done = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  return learningRate * (finalShare + (1 - finalShare) * remaining(done, settings.schedule));
}

/** 1 at the peak, 0 at the end; `done` from 0 to 1. */
function remaining(done: number, schedule: Exclude<Schedule["schedule"], "noam">): number {
  switch (schedule) {
    case "cosine":
      return 0.5 * (1 + Math.cos(Math.PI * done));
    case "linear":
      return 1 - done;
    case "wsd":
      return Math.min(1, (1 - done) / DECAY_PHASE);
    case "constant":
      return 1;
  }
}
