/** Processes that train one model together, as the loop sees them. */
export interface Processes {
  /** 0 writes the files and shows the run. */
  readonly rank: number;
  readonly size: number;
  /** Replaces the numbers by their sums over all processes; waits for them. */
  sum(numbers: Float32Array): void;
}
