/** An observer of training that keeps what it sees. */
import type { StepMetrics, TrainObserver } from "../../lib/train/index.ts";

/** Watches, and stops after a step. */
export function watcher(last = Infinity): TrainObserver & { seen: Record<string, number>[] } {
  const seen: Record<string, number>[] = [];
  return {
    seen,
    onStep: (metrics: StepMetrics) => void seen.push(metrics as unknown as Record<string, number>),
    get stopRequested() {
      return seen.length >= last;
    },
  };
}
