/**
 * GPT: a decoder-only transformer that predicts the next token. What it computes is in gpt-forward.ts.
 *
 * Papers: Radford et al. 2018 and 2019 (GPT, GPT-2); Touvron et al., arXiv 2302.13971 (LLaMA), for the newer parts.
 *
 * `B` batch, `T` time, `H` heads, `C` width, `V` vocabulary.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { crossEntropy, tf } from "../engine/index.ts";
import { attentionWeights } from "../nn/attention.ts";
import { norm } from "../nn/norm.ts";
import type { ParameterTree } from "../nn/parameter.ts";
import { Parameters, type ParameterValues } from "../nn/parameters.ts";
import { transformerBlock } from "../nn/transformer-block.ts";
import { checkIdShape } from "./check-ids.ts";
import { gptCacheShapes, gptRead, gptReadOne } from "./gpt-cache.ts";
import { gptBlock, parseGPTConfig, type GPTConfig } from "./gpt-config.ts";
import { gptEmbed, gptLogits, gptParameters, type GPTCall } from "./gpt-forward.ts";
import { gptSummary } from "./gpt-summary.ts";
import type { CachedLanguageModel, CachedScores, LossOptions, NextScores } from "./language-model.ts";

/** A GPT with its weights: pass a `gptPreset`, or your own settings. */
export class GPT implements CachedLanguageModel {
  readonly kind = "gpt";
  readonly config: GPTConfig;
  readonly parameters: Parameters<ReturnType<typeof gptParameters>>;

  /**
   * @param options the seed of the starting weights, or the weights themselves, by name; and what adapts the tree of
   *   parameters before they are made (`addLora`): what it adds and the weights do not name is drawn by the seed
   * @throws GradbookError on settings that do not fit together
   * @example const model = new GPT(gptPreset("tiny", { vocabSize: 80 }), { seed: 1 });
   */
  constructor(
    config: Partial<GPTConfig>,
    options: {
      seed?: number;
      weights?: ParameterValues;
      adapt?: <T extends ParameterTree>(tree: T) => T;
    } = {},
  ) {
    this.config = parseGPTConfig(config);
    const { seed = 0, weights, adapt } = options;
    const tree = gptParameters(this.config);
    if (adapt) this.parameters = new Parameters(adapt(tree), { seed, values: weights });
    else this.parameters = new Parameters(tree, weights ? { values: weights } : { seed });
  }

  logits(ids: tf.Tensor, call?: GPTCall): tf.Tensor {
    checkIdShape("GPT", ids, this.config);
    return gptLogits(this.parameters.tensors(), this.config, ids, call);
  }

  loss(inputs: tf.Tensor, targets: tf.Tensor, options: LossOptions = {}): tf.Scalar {
    const { labelSmoothing = 0, ...call } = options;
    return crossEntropy(this.logits(inputs, call), targets, { ignoreIndex: IGNORED, labelSmoothing });
  }

  cacheShapes(batch: number): number[][] {
    return gptCacheShapes(this.config, batch);
  }

  read(ids: tf.Tensor, last: tf.Tensor): CachedScores {
    checkIdShape("GPT", ids, this.config);
    return gptRead(this.parameters.tensors(), this.config, ids, last);
  }

  readOne(ids: tf.Tensor, position: tf.Tensor, cache: readonly tf.Tensor[]): NextScores {
    return gptReadOne(this.parameters.tensors(), this.config, ids, position, cache);
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
      checkIdShape("GPT", input, this.config);
      const p = this.parameters.tensors();
      const settings = gptBlock(this.config);
      let x = gptEmbed(p, this.config, input);
      return p.h.map((block) => {
        const weights = attentionWeights(block.attn, norm(block.ln_1, x, settings), settings.attention);
        x = transformerBlock(block, x, settings);
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
}
