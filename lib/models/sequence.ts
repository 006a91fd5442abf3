/**
 * A body that reads and a head that judges: classes of a text (movie reviews), a quantity, or the reward of an answer.
 *
 * As the first GPT (Radford et al. 2018) and BERT (arXiv 1810.04805) were fine-tuned: a linear layer `score` on what the
 * body makes of one token, or of all of them. InstructGPT's reward model (arXiv 2203.02155) is this with one output.
 * The output layer over the vocabulary is left out; all other weights keep their names, so those of a pre-trained GPT or
 * BERT fit. Left out: dropout before the head, BERT's pooler.
 *
 * `B` batch, `T` time, `C` width, `K` outputs.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { fail } from "../core/errors.ts";
import { crossEntropy, tf } from "../engine/index.ts";
import { HIDDEN } from "../nn/attention.ts";
import { INITIAL_DEVIATION, linear, linearParameters } from "../nn/linear.ts";
import type { ParameterTree } from "../nn/parameter.ts";
import { Parameters, type ParameterValues } from "../nn/parameters.ts";
import type { Bert } from "./bert.ts";
import { bertHidden, bertParameters, type BertTensors } from "./bert.ts";
import type { BertConfig } from "./bert-config.ts";
import { checkIdShape } from "./check-ids.ts";
import type { GPT } from "./gpt.ts";
import type { GPTConfig } from "./gpt-config.ts";
import { gptHidden, gptParameters, type GPTTensors } from "./gpt-forward.ts";
import type { LossOptions, Losses, TrainableModel } from "./language-model.ts";
import { parseSequenceConfig, type HeadConfig, type SequenceConfig } from "./sequence-config.ts";

function sequenceParameters(config: SequenceConfig) {
  return {
    ...bodyParameters(config),
    score: linearParameters(config.width, config.outputs, INITIAL_DEVIATION),
  };
}

function bodyParameters(config: SequenceConfig): ParameterTree {
  if (config.body === "gpt") {
    const { lm_head: _, ...body } = gptParameters(config as GPTConfig);
    return body;
  }
  const { head: _, ...body } = bertParameters(config as BertConfig);
  return body;
}

export interface SequenceCall {
  training?: boolean;
  /** int32 `[B, T]`: 1 where there is text, 0 where a row is filled up. All text by default. */
  segments?: tf.Tensor;
  /** α of NEFTune's noise. */
  neftuneAlpha?: number;
}

/** A sequence model with its weights. */
export class SequenceModel implements TrainableModel {
  readonly kind = "sequence";
  readonly config: SequenceConfig;
  readonly parameters: Parameters<ReturnType<typeof sequenceParameters>>;

  /**
   * @param options the seed of the starting weights, weights by name (what they lack is drawn: the head), and what
   *   adapts the tree of parameters (`addLora`)
   * @throws GradbookError on settings that do not fit together
   * @example new SequenceModel({ ...bert.config, body: "bert", pooling: "mean", outputs: 2 }, { seed: 1 })
   */
  constructor(
    settings: Partial<HeadConfig> & Partial<GPTConfig | BertConfig>,
    options: {
      seed?: number;
      weights?: ParameterValues;
      adapt?: <T extends ParameterTree>(tree: T) => T;
    } = {},
  ) {
    this.config = parseSequenceConfig(settings);
    const { seed = 0, weights, adapt = (tree) => tree } = options;
    this.parameters = new Parameters(adapt(sequenceParameters(this.config)), { seed, values: weights });
  }

  /**
   * A head on a trained GPT or BERT; the body's weights are copied.
   *
   * @example SequenceModel.of(bert, { outputs: 2, pooling: "mean", labels: "negative|positive" })
   */
  static of(body: GPT | Bert, head: Partial<HeadConfig> = {}, { seed = 0 } = {}): SequenceModel {
    const kept = Object.entries(body.parameters.read()).filter(([name]) => !/^(lm_head|head)\./.test(name));
    return new SequenceModel(
      { ...body.config, ...head, body: body.kind },
      { seed, weights: Object.fromEntries(kept) },
    );
  }

  /** What the body makes of texts: int32 `[B, T]` → `[B, T, C]`. */
  hidden(ids: tf.Tensor, { training, neftuneAlpha }: SequenceCall = {}): tf.Tensor {
    checkIdShape("SequenceModel", ids, this.config);
    const p: unknown = this.parameters.tensors();
    // Rows hold one text each, so a GPT, which looks back only, never sees what fills them up.
    return this.config.body === "gpt"
      ? gptHidden(p as GPTTensors, this.config as GPTConfig, ids, { training, neftuneAlpha })
      : bertHidden(p as BertTensors, this.config as BertConfig, ids, { training, neftuneAlpha });
  }

  /** The head on every token: int32 `[B, T]` → `[B, T, K]`; a value function, or judged steps. */
  tokenScores(ids: tf.Tensor, call: SequenceCall = {}): tf.Tensor {
    return linear(this.parameters.tensors().score, this.hidden(ids, call));
  }

  /** The head on each text: int32 `[B, T]` → `[B, K]`. */
  scores(ids: tf.Tensor, call: SequenceCall = {}): tf.Tensor {
    return linear(this.parameters.tensors().score, this.pooled(this.hidden(ids, call), call.segments));
  }

  /**
   * Mean nats per text, or the mean squared error.
   *
   * @param targets `[B, 1]` int32 classes (`IGNORED` does not count), or float32 `[B, K]`
   */
  loss(inputs: tf.Tensor, targets: tf.Tensor, options: LossOptions = {}): tf.Scalar {
    return this.losses(inputs, targets, options).loss;
  }

  /** The loss, and the share of texts that count whose class has the highest score. */
  losses(inputs: tf.Tensor, targets: tf.Tensor, options: LossOptions = {}): Losses {
    const { labelSmoothing = 0, ...call } = options;
    const scores = this.scores(inputs, call);
    const wanted = this.config.objective === "regression" ? "float32" : "int32";
    if (targets.dtype !== wanted)
      fail("SequenceModel.loss", {
        expected: `${wanted} targets for ${this.config.objective}`,
        got: targets.dtype,
      });
    if (wanted === "float32") return { loss: tf.losses.meanSquaredError(targets, scores) as tf.Scalar };
    const classes = targets.reshape([-1]);
    const right = tf.cast(tf.equal(tf.argMax(scores, -1), classes), "float32");
    const counted = tf.cast(tf.notEqual(classes, IGNORED), "float32");
    return {
      loss: crossEntropy(scores, classes, { ignoreIndex: IGNORED, labelSmoothing }),
      accuracy: tf.div(tf.sum(right), tf.maximum(tf.sum(counted), 1)),
    };
  }

  dispose(): void {
    this.parameters.dispose();
  }

  /** `[B, T, C]` → `[B, C]`. */
  private pooled(hidden: tf.Tensor, segments: tf.Tensor | undefined): tf.Tensor {
    const [batch, time] = hidden.shape as number[];
    const text = segments ? tf.cast(tf.greater(segments, 0), "float32") : tf.ones([batch, time]);
    if (this.config.pooling === "max")
      return tf.max(tf.add(hidden, tf.mul(tf.sub(text, 1), -HIDDEN).expandDims(-1)), 1);
    const count = tf.maximum(tf.sum(text, 1, true), 1);
    const weights = (): tf.Tensor => {
      if (this.config.pooling === "mean") return tf.div(text, count);
      const place = this.config.pooling === "first" ? tf.zerosLike(count) : tf.sub(count, 1);
      return tf.cast(tf.equal(tf.range(0, time).reshape([1, time]), place), "float32");
    };
    return tf.matMul(weights().reshape([batch, 1, time]), hidden).reshape([batch, this.config.width]);
  }
}
