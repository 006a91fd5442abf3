/** What is known of a model after a task: numbers with intervals, and every answer. */
import type { Interval } from "../metrics/significance.ts";
import type { Task } from "../tasks/task.ts";

/** One answer. */
export interface Answer {
  input: string;
  output: string;
  expected: string;
  /** What it counts for each metric; absent where a metric counts over all answers. */
  scores: Record<string, number>;
}

export interface MetricResult extends Interval {
  name: string;
  /** Each example's part where the metric is a mean: what comparisons are made of. */
  parts?: number[];
}

export interface TaskResult {
  task: string;
  kind: Task["kind"];
  examples: number;
  metrics: MetricResult[];
  answers: Answer[];
  seconds: number;
}
