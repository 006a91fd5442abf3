/**
 * What a training loop tells the monitor. The names are those of Hugging Face's Trainer, as in
 * `runs/<id>/log.jsonl`.
 *
 * lib/train declares the same shapes (lib/train/observer.ts); the monitor states what it reads of them, because
 * this folder lies below lib/train and must not import it.
 */

export interface RunStart {
  /** Steps taken before: more than 0 when a run is resumed. */
  step: number;
  /** Steps at the end. */
  steps: number;
  tokens_per_step: number;
}

/** Hyper-parameters that were changed by hand, by name. */
export type Changes = Record<string, { from: number; to: number }>;

export interface StepMetrics {
  step: number;
  steps: number;
  /** Mean nats per token of this step's batch. */
  loss: number;
  learning_rate: number;
  grad_norm: number;
  /** Share of the device's peak that is reached, 0 to 1; where the peak is known. */
  mfu?: number;
  /** What was changed before this step. */
  changes?: Changes;
}

/** A checkpoint from before a change by hand. */
export interface RewindPoint {
  /** Steps taken when it was saved. */
  step: number;
  changes: Changes;
}

/** The run went back. */
export interface Rewind {
  /** The step it is at now. */
  step: number;
  /** The step it was at. */
  from: number;
  /** Settings that are back at what they were. */
  changes: Changes;
}

export interface EvaluationMetrics {
  step: number;
  /** Mean nats per token of the validation text. */
  eval_loss: number;
}

export interface RunEnd {
  reason: "finished" | "stopped" | "interrupted" | "early stop" | "nan" | "failed";
  step: number;
  steps: number;
  /** NaN when there was no step. */
  loss: number;
  eval_loss?: number;
  /** Since this run began, not counting what was done before it was resumed. */
  seconds: number;
  /** Tokens learned from, since the model's first step. */
  num_tokens: number;
}
