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
  /** int32 `[B, K]`: the places that the targets `[B, K]` belong to; families without masked tokens leave it out. */
  places?: tf.Tensor;
  /** α of the noise on the token embeddings (NEFTune); families without it refuse it. */
  neftuneAlpha?: number;
}

/** A loss to go down, and what else is worth plotting, as means over the batch: `accuracy`, `rewards/margins`, … */
export interface Losses {
  loss: tf.Scalar;
  readonly [metric: string]: tf.Scalar;
}

/** A model that learns from pairs of input and target ids. */
export interface TrainableModel {
  /** The family, as checkpoints name it: `"gpt"`. */
  readonly kind: string;
  readonly config: { readonly vocabSize: number; readonly contextLength: number };
  readonly parameters: Parameters;
  /** Mean nats per target: int32 inputs and targets `[B, T]` → scalar. A target of `IGNORED` (−100) does not count. */
  loss(inputs: tf.Tensor, targets: tf.Tensor, options?: LossOptions): tf.Scalar;
  /** As `loss`, with more to plot; training logs it at every step. */
  losses?(inputs: tf.Tensor, targets: tf.Tensor, options?: LossOptions): Losses;
  dispose(): void;
}

/** A model that predicts the next token. */
export interface LanguageModel extends TrainableModel {
  /** Scores for the token after each position: int32 ids `[B, T]` → `[B, T, V]`. */
  logits(ids: tf.Tensor): tf.Tensor;
}

/** Scores for the token after each row's last one, `[B, V]`, and what is kept for the next. */
export interface CachedScores {
  logits: tf.Tensor;
  /** All that is kept, in the order of `cacheShapes`. */
  cache: tf.Tensor[];
}

/** The same after one more token: of what is kept only what is new. */
export interface NextScores {
  logits: tf.Tensor;
  /**
   * For each part of the cache: `[B, G, 1, D]`, to be put at each row's position in a part `[B, G, T, D]`; or a tensor of
   * the part's shape, to replace it; or undefined where it stays as it is.
   */
  written: (tf.Tensor | undefined)[];
}

/**
 * A language model that can go on from what it kept, so that each new token costs one token's work. Rows of a
 * batch may be of different lengths. Its functions are for use inside `compile`.
 */
export interface CachedLanguageModel extends LanguageModel {
  /** Shapes of what is kept for `batch` rows. */
  cacheShapes(batch: number): number[][];
  /**
   * Reads a text in each row.
   *
   * @param ids int32 `[B, S]`, S ≤ contextLength, filled up at the end with anything
   * @param last int32 `[B]`: the place of each text's last token
   */
  read(ids: tf.Tensor, last: tf.Tensor): CachedScores;
  /**
   * Reads one more token in each row.
   *
   * @param ids int32 `[B, 1]`
   * @param position int32 `[B]`: the tokens' places
   */
  readOne(ids: tf.Tensor, position: tf.Tensor, cache: readonly tf.Tensor[]): NextScores;
}

/** Can the model go on from what it kept? */
export function isCached(model: LanguageModel): model is CachedLanguageModel {
  return "readOne" in model;
}
