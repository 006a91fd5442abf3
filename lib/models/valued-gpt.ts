/**
 * A GPT with a value head beside its output layer: it writes, and says at every place how much reward is still to come
 * (the value function of PPO on the policy's own body, as Ziegler et al., arXiv 1909.08593).
 *
 * Left out: a body of its own for the value function (InstructGPT's). `B` batch, `T` time, `V` vocabulary.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { crossEntropy, tf } from "../engine/index.ts";
import { linear, linearParameters } from "../nn/linear.ts";
import type { ParameterTree } from "../nn/parameter.ts";
import { Parameters, type ParameterValues } from "../nn/parameters.ts";
import { checkIdShape } from "./check-ids.ts";
import { gptCacheShapes, gptRead, gptReadOne } from "./gpt-cache.ts";
import { parseGPTConfig, type GPTConfig } from "./gpt-config.ts";
import { gptHead, gptHidden, gptLogits, gptParameters, type GPTCall } from "./gpt-forward.ts";
import type { GPT } from "./gpt.ts";
import type { CachedLanguageModel, CachedScores, LossOptions, NextScores } from "./language-model.ts";

type Body = ReturnType<typeof gptParameters>;

const withHead = <T extends Body>(body: T, width: number) => ({
  ...body,
  v_head: linearParameters(width, 1),
});

export class ValuedGPT implements CachedLanguageModel {
  readonly kind = "valued-gpt";
  readonly config: GPTConfig;
  readonly parameters: Parameters<ReturnType<typeof withHead<Body>>>;

  /** @param options weights by name, what they lack is drawn by the seed; and the tree of a body with an adapter */
  constructor(
    config: Partial<GPTConfig>,
    { seed = 0, weights, body }: { seed?: number; weights?: ParameterValues; body?: ParameterTree } = {},
  ) {
    this.config = parseGPTConfig(config);
    const tree = (body as Body | undefined) ?? gptParameters(this.config);
    this.parameters = new Parameters(withHead(tree, this.config.width), { seed, values: weights });
  }

  /** A head on a GPT, whose weights are copied; what is frozen or an adapter stays so. */
  static of(gpt: GPT, { seed = 0 } = {}): ValuedGPT {
    return new ValuedGPT(gpt.config, {
      seed,
      weights: gpt.parameters.read(),
      body: gpt.parameters.tree as ParameterTree,
    });
  }

  /** The weights of the GPT alone. */
  policy(): ParameterValues {
    const all = Object.entries(this.parameters.read());
    return Object.fromEntries(all.filter(([name]) => !name.startsWith("v_head.")));
  }

  /** Scores for the next token `[B, T, V]` and values `[B, T]`, from one pass: int32 `[B, T]` →. */
  judged(ids: tf.Tensor, call?: GPTCall): { logits: tf.Tensor; values: tf.Tensor } {
    checkIdShape("ValuedGPT", ids, this.config);
    const p = this.parameters.tensors();
    const hidden = gptHidden(p, this.config, ids, call);
    return { logits: gptHead(p, hidden), values: tf.squeeze(linear(p.v_head, hidden), [2]) };
  }

  logits(ids: tf.Tensor, call?: GPTCall): tf.Tensor {
    checkIdShape("ValuedGPT", ids, this.config);
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
    return gptRead(this.parameters.tensors(), this.config, ids, last);
  }

  readOne(ids: tf.Tensor, position: tf.Tensor, cache: readonly tf.Tensor[]): NextScores {
    return gptReadOne(this.parameters.tensors(), this.config, ids, position, cache);
  }

  dispose(): void {
    this.parameters.dispose();
  }
}
