/** The lowest validation loss of a run, and how many evaluations ago it was. */
export interface BestSoFar {
  readonly loss: number;
  /** Evaluations since. */
  readonly waited: number;
  /** Tell the latest loss; true when it is the lowest. */
  update(loss: number): boolean;
}

export function bestSoFar(): BestSoFar {
  let loss = Infinity;
  let waited = 0;
  return {
    get loss() {
      return loss;
    },
    get waited() {
      return waited;
    },
    update(latest) {
      const better = latest < loss;
      if (better) loss = latest;
      waited = better ? 0 : waited + 1;
      return better;
    },
  };
}
