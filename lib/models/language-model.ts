/**
 * What training, generation and checkpoints need to know of a model that predicts the next token.
 *
 * `B` batch, `T` time, `V` vocabulary.
 */
import type { tf } from "../engine/index.ts";
import type { Parameters } from "../nn/parameters.ts";

export interface LanguageModel {
  /** The family, as checkpoints name it: `"gpt"`. */
  readonly kind: string;
  readonly config: { readonly vocabSize: number; readonly contextLength: number };
  readonly parameters: Parameters;
  /** Scores for the token after each position: int32 ids `[B, T]` → `[B, T, V]`. */
  logits(ids: tf.Tensor): tf.Tensor;
  /** Mean nats per token: int32 inputs and targets `[B, T]` → scalar. */
  loss(inputs: tf.Tensor, targets: tf.Tensor): tf.Scalar;
  dispose(): void;
}
