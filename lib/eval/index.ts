/** gradbook/eval: how good a model is. */
export { evaluable, type Evaluable, type Writing } from "./harness/evaluable.ts";
export { evaluateTasks, type EvaluateOptions } from "./harness/evaluate-tasks.ts";
export { compareReports, ComparisonReport, EvaluationReport } from "./harness/report.ts";
export type { Answer, MetricResult, TaskResult } from "./harness/result.ts";
export * from "./human/index.ts";
export * from "./metrics/index.ts";
export { runSandboxed, type SandboxOptions, type SandboxResult } from "./sandbox/run.ts";
export * from "./tasks/index.ts";
