/**
 * What a training run tells whoever watches it, and what it writes to its log.
 *
 * The names of the numbers are those of Hugging Face's Trainer and TRL (`loss`, `eval_loss`, `grad_norm`,
 * `learning_rate`, `num_tokens`), because charts, logs and other programs read them.
 */

export interface RunStart {
  id: string;
  /** Folder with `log.jsonl` and `checkpoint/`. */
  directory: string;
  /** Steps done before: more than 0 when the run goes on from a checkpoint. */
  step: number;
  steps: number;
  /** Trainable numbers of the model. */
  parameters: number;
  tokens_per_step: number;
  config: Record<string, unknown>;
  /** The run that this one was forked from, and the step it left it at. */
  parent?: { run: string; step: number };
}

export interface StepMetrics {
  /** 1 after the first update. */
  step: number;
  steps: number;
  /** Mean nats per token of this step's batch, before its update. */
  loss: number;
  learning_rate: number;
  /** Length of the gradient before clipping. */
  grad_norm: number;
  /** Tokens learned from, since the model's first step. */
  num_tokens: number;
  /** Of this step. */
  tokens_per_second: number;
  /** Share of the device's peak that the model's products reach; where the peak is known. */
  mfu?: number;
  /** Since this run began. */
  seconds: number;
  /** Settings that were changed by hand before this step. */
  changes?: Record<string, { from: number; to: number }>;
}

export interface EvaluationMetrics {
  step: number;
  steps: number;
  /** Mean of the training losses since the evaluation before; none before the first step. */
  loss?: number;
  /** Mean nats per token of the validation batches. */
  eval_loss: number;
  /** The same with the weights averaged over the last steps. */
  eval_loss_ema?: number;
  num_tokens: number;
  seconds: number;
}

/**
 * Why a run ended: all steps done, Stop pressed or signal aborted, kernel interrupted, validation loss no longer
 * falling, loss no longer a number, an error in making the data (a reward that fails).
 */
export type EndReason = "finished" | "stopped" | "interrupted" | "early stop" | "nan" | "failed";

/** The loss was no number at `step`; the run goes on from the checkpoint of step `to`. */
export interface Recovery {
  step: number;
  to: number;
}

/** A checkpoint from before a change by hand. */
export interface RewindPoint {
  /** Updates done when it was saved; the change came with the next one. */
  step: number;
  /** Folder of the checkpoint. */
  folder: string;
  /** What was changed then, from the value before to the last one of the drag. */
  changes: Record<string, { from: number; to: number }>;
}

/** The run went back to an earlier point; the entry is that of the new branch, whose `step` it went back to. */
export interface Rewind extends RunStart {
  /** Last step of the branch that was left. */
  from: number;
  /** Live settings that are back at what they were, from their value in the branch that was left. */
  changes: Record<string, { from: number; to: number }>;
}

export interface RunEnd {
  reason: EndReason;
  step: number;
  steps: number;
  /** Mean training loss before the last evaluation; NaN when there was no step before it. */
  loss: number;
  eval_loss?: number;
  num_tokens: number;
  seconds: number;
  /** Folder of the checkpoint. */
  checkpoint: string;
}

export interface TrainObserver {
  onStart?(run: RunStart): void;
  onStep?(metrics: StepMetrics): void;
  onEvaluate?(metrics: EvaluationMetrics): void;
  onRecover?(recovery: Recovery): void;
  /** The points that can be gone back to, each from before a change by hand; called when they have changed. */
  onRewindPoints?(points: readonly RewindPoint[]): void;
  onRewind?(rewind: Rewind): void;
  /**
   * @param again goes back to the rewind point of a step and on from there, in a branch of its own: `onRewind` comes next. Resolves
   *   when that branch has ended. Undefined when there is no such point
   */
  onEnd?(end: RunEnd, again?: (step: number) => Promise<unknown>): void;
  /** Read after each step: true ends the run, which saves first. */
  readonly stopRequested?: boolean;
  /**
   * Read after each step: the step of a rewind point, and the run goes back there and on in a folder of its own. To be
   * taken back (undefined) when onRewind is called.
   */
  readonly rewindRequested?: number;
}
