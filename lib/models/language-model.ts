/**
 * What training, generation and checkpoints need to know of a model.
 *
 * `B` batch, `T` time, `V` vocabulary.
 */
import type { tf } from "../engine/index.ts";
import type { Parameters } from "../nn/parameters.ts";

export interface LossOptions {
  /** True while the model learns: dropout is on. */
  training?: boolean;
  /** Share of each target that is spread over the whole vocabulary. */
  labelSmoothing?: number;
  /** int32 `[B, T]`: numbers of the documents packed into each row; tokens see only their own document. */
  segments?: tf.Tensor;
}

/** A model that learns from pairs of input and target ids. */
export interface TrainableModel {
  /** The family, as checkpoints name it: `"gpt"`. */
  readonly kind: string;
  readonly config: { readonly vocabSize: number; readonly contextLength: number };
  readonly parameters: Parameters;
  /** Mean nats per target: int32 inputs and targets `[B, T]` → scalar. A target of `IGNORED` (−100) does not count. */
  loss(inputs: tf.Tensor, targets: tf.Tensor, options?: LossOptions): tf.Scalar;
  dispose(): void;
}

/** A model that predicts the next token. */
export interface LanguageModel extends TrainableModel {
  /** Scores for the token after each position: int32 ids `[B, T]` → `[B, T, V]`. */
  logits(ids: tf.Tensor): tf.Tensor;
}
