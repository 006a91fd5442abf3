/** Tasks: what a model is asked to do. */
export {
  answeringTask,
  choiceTask,
  codeTask,
  essayTask,
  nextWordTask,
  perplexityTask,
  summarizingTask,
  translatingTask,
  type CodeExample,
  type Pair,
} from "./builders.ts";
export { javascriptFunctions } from "./javascript-functions.ts";
export { meanMetric } from "./task.ts";
export type {
  ChoiceExample,
  ChoiceTask,
  GenerateExample,
  GenerateTask,
  Metric,
  PerplexityTask,
  Task,
} from "./task.ts";
