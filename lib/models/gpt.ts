/**
 * GPT: a decoder-only transformer that predicts the next token.
 *
 * Papers: Radford et al. 2018 and 2019 (GPT, GPT-2). Parameter names and layouts are those of GPT-2's published
 * checkpoints, so that weights pass between the two without renaming.
 * Left out: dropout, and the newer parts (rotary positions, RMSNorm, grouped heads).
 *
 * `B` batch, `T` time, `H` heads, `C` width, `V` vocabulary.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { fail } from "../core/errors.ts";
import { crossEntropy, linear, tf } from "../engine/index.ts";
import { embedding, embeddingParameters } from "../nn/embedding.ts";
import { layerNorm, layerNormParameters } from "../nn/layer-norm.ts";
import { INITIAL_DEVIATION } from "../nn/linear.ts";
import type { TensorsOf } from "../nn/parameter.ts";
import { Parameters, type ParameterValues } from "../nn/parameters.ts";
import { attentionWeights } from "../nn/self-attention.ts";
import { transformerBlock, transformerBlockParameters } from "../nn/transformer-block.ts";
import { parseGPTConfig, type GPTConfig } from "./gpt-config.ts";
import { gptSummary } from "./gpt-summary.ts";
import type { LanguageModel, LossOptions } from "./language-model.ts";

/** The parameters of a GPT, named as in GPT-2: wte, wpe, h.0.ln_1.weight, … ln_f.bias. */
export function gptParameters({ vocabSize, contextLength, layers, width }: GPTConfig) {
  // Each block adds twice to the residual stream; the smaller start keeps the sum's variance independent of depth.
  const residualDeviation = INITIAL_DEVIATION / Math.sqrt(2 * layers);
  return {
    wte: embeddingParameters(vocabSize, width),
    wpe: embeddingParameters(contextLength, width),
    h: Array.from({ length: layers }, () => transformerBlockParameters(width, residualDeviation)),
    ln_f: layerNormParameters(width),
  };
}

export type GPTTensors = TensorsOf<ReturnType<typeof gptParameters>>;

/** Tokens and their positions as vectors: int32 `[B, T]` → `[B, T, C]`, T ≤ context length. */
export function gptEmbed(p: GPTTensors, ids: tf.Tensor): tf.Tensor {
  const [, time] = ids.shape;
  const positions = p.wpe.weight;
  const used = time === positions.shape[0] ? positions : tf.slice(positions, 0, time);
  return tf.add(embedding(p.wte, ids), used);
}

/** Scores for the next token from the last block's output: `[B, T, C]` → `[B, T, V]`. */
export function gptHead(p: GPTTensors, x: tf.Tensor): tf.Tensor {
  return linear(layerNorm(p.ln_f, x), p.wte.weight, undefined, { transposed: true });
}

/** int32 `[B, T]` → `[B, T, V]`. */
export function gptLogits(p: GPTTensors, { heads }: GPTConfig, ids: tf.Tensor): tf.Tensor {
  const embedded = gptEmbed(p, ids);
  const output = p.h.reduce((x, block) => transformerBlock(block, x, heads), embedded);
  return gptHead(p, output);
}

/** A GPT with its weights: pass a `gptPreset`, or your own settings. */
export class GPT implements LanguageModel {
  readonly kind = "gpt";
  readonly config: GPTConfig;
  readonly parameters: Parameters<ReturnType<typeof gptParameters>>;

  /**
   * @param options the seed of the starting weights, or the weights themselves, by name
   * @throws GradbookError on settings that do not fit together
   * @example const model = new GPT(gptPreset("tiny", { vocabSize: 80 }), { seed: 1 });
   */
  constructor(config: Partial<GPTConfig>, options: { seed?: number; weights?: ParameterValues } = {}) {
    this.config = parseGPTConfig(config);
    const { seed = 0, weights } = options;
    this.parameters = new Parameters(gptParameters(this.config), weights ? { values: weights } : { seed });
  }

  logits(ids: tf.Tensor): tf.Tensor {
    this.checkLength(ids);
    return gptLogits(this.parameters.tensors(), this.config, ids);
  }

  loss(inputs: tf.Tensor, targets: tf.Tensor, { labelSmoothing = 0 }: LossOptions = {}): tf.Scalar {
    return crossEntropy(this.logits(inputs), targets, { ignoreIndex: IGNORED, labelSmoothing });
  }

  /**
   * How much each token attends to each token before it, for looking at.
   *
   * @param ids one text, at most contextLength tokens
   * @returns weights by layer, head, query, key; rows sum to 1
   */
  attention(ids: ArrayLike<number>): number[][][][] {
    return tf.tidy(() => {
      const input = tf.tensor2d(Int32Array.from(ids), [1, ids.length], "int32");
      this.checkLength(input);
      const p = this.parameters.tensors();
      const { heads } = this.config;
      let x = gptEmbed(p, input);
      return p.h.map((block) => {
        const weights = attentionWeights(block.attn, layerNorm(block.ln_1, x), heads);
        x = transformerBlock(block, x, heads);
        return (weights.arraySync() as number[][][][])[0];
      });
    });
  }

  dispose(): void {
    this.parameters.dispose();
  }

  /** Shows the model as a table of its parts when it is a cell's last value. */
  [Symbol.for("Jupyter.display")]() {
    return gptSummary(this.config);
  }

  private checkLength(ids: tf.Tensor): void {
    const { contextLength } = this.config;
    if (ids.rank !== 2 || ids.shape[1]! < 1 || ids.shape[1]! > contextLength)
      fail("GPT", {
        expected: `ids [batch, time] with time from 1 to ${contextLength}`,
        got: `[${ids.shape}]`,
      });
  }
}
