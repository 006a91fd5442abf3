/** gradbook/train: the training loop. */
export type { Processes } from "./processes.ts";
export { evaluate, evaluator, perplexity, type Evaluator } from "./evaluate.ts";
export type {
  EndReason,
  EvaluationMetrics,
  Recovery,
  Rewind,
  RewindPoint,
  RunEnd,
  RunStart,
  StepMetrics,
  TrainObserver,
} from "./observer.ts";
export { train, type TrainingData, type TrainingRun, type TrainOptions } from "./train.ts";
export { trainConfig, trainPresets, type LiveSettings, type TrainSettings } from "./train-config.ts";
export { Trainer } from "./trainer.ts";
export { runId } from "./run-log.ts";
