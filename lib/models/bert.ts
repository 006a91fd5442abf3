/**
 * BERT: an encoder that reads a text from both sides and names the tokens that were hidden.
 *
 * Paper: Devlin et al., arXiv 1810.04805. Left out: next-sentence prediction, which later work dropped (Liu et al.,
 * arXiv 1907.11692).
 *
 * `B` batch, `T` time, `C` width, `V` vocabulary.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { fail } from "../core/errors.ts";
import { crossEntropy, embedding as rowsOf, dropout, gelu, linear as linearOp, tf } from "../engine/index.ts";
import { HIDDEN } from "../nn/attention.ts";
import { embedding, embeddingParameters } from "../nn/embedding.ts";
import { withEmbeddingNoise } from "../nn/embedding-noise.ts";
import { INITIAL_DEVIATION, linear, linearParameters } from "../nn/linear.ts";
import { norm, normParameters } from "../nn/norm.ts";
import { zeros, type TensorsOf } from "../nn/parameter.ts";
import { Parameters, type ParameterValues } from "../nn/parameters.ts";
import { transformerBlock, transformerBlockParameters } from "../nn/transformer-block.ts";
import { bertBlock, parseBertConfig, type BertConfig } from "./bert-config.ts";
import { checkIdShape } from "./check-ids.ts";
import type { LossOptions, TrainableModel } from "./language-model.ts";

/** The parameters, in the manner of GPT-2's names: wte, wpe, wtt, ln_e, h.0.attn … head.bias. */
export function bertParameters(config: BertConfig) {
  const { vocabSize, contextLength, tokenTypes, layers, width } = config;
  const block = bertBlock(config);
  return {
    wte: embeddingParameters(vocabSize, width),
    wpe: embeddingParameters(contextLength, width),
    /** Kinds of segments. */
    wtt: embeddingParameters(tokenTypes, width),
    ln_e: normParameters(width, block),
    h: Array.from({ length: layers }, () => transformerBlockParameters(width, block, INITIAL_DEVIATION)),
    head: {
      dense: linearParameters(width, width),
      ln: normParameters(width, block),
      bias: zeros([vocabSize]),
    },
  };
}

export type BertTensors = TensorsOf<ReturnType<typeof bertParameters>>;

export interface BertCall {
  training?: boolean;
  /** int32 `[B, T]`: which segment each token belongs to; all to the first by default. */
  tokenTypes?: tf.Tensor;
  /** α of NEFTune's noise while training; 0: none. */
  neftuneAlpha?: number;
}

/** What the encoder makes of a text: int32 `[B, T]` → `[B, T, C]`. */
export function bertHidden(
  p: BertTensors,
  config: BertConfig,
  ids: tf.Tensor,
  call: BertCall = {},
): tf.Tensor {
  const rate = call.training ? config.dropout : 0;
  const block = bertBlock(config);
  const [, time] = ids.shape;
  const types = call.tokenTypes ? embedding(p.wtt, call.tokenTypes) : tf.slice(p.wtt.weight, 0, 1);
  const tokens = embedding(p.wte, ids);
  const embedded = (call.training ? withEmbeddingNoise(tokens, call.neftuneAlpha ?? 0) : tokens)
    .add(tf.slice(p.wpe.weight, 0, time))
    .add(types);
  const mask = paddingMask(ids, config.padId);
  return p.h.reduce(
    (x, layer) => transformerBlock(layer, x, block, { dropout: rate, mask }),
    dropout(norm(p.ln_e, embedded, block), rate),
  );
}

/** What is added to attention scores so that nobody looks at padding: ids `[B, S]` → `[B, 1, 1, S]`. */
export function paddingMask(ids: tf.Tensor, padId: number): tf.Tensor {
  const [batch, time] = ids.shape as number[];
  return tf.cast(tf.equal(ids, padId), "float32").mul(HIDDEN).reshape([batch, 1, 1, time]);
}

/** Scores for what stands at each place: `[B, T, C]` → `[B, T, V]`. */
export function bertHead(p: BertTensors, config: BertConfig, hidden: tf.Tensor): tf.Tensor {
  const { dense, ln, bias } = p.head;
  const prepared = norm(ln, gelu(linear(dense, hidden), { approximate: "none" }), bertBlock(config));
  return linearOp(prepared, p.wte.weight, bias, { transposed: true });
}

/** A BERT with its weights. */
export class Bert implements TrainableModel {
  readonly kind = "bert";
  readonly config: BertConfig;
  readonly parameters: Parameters<ReturnType<typeof bertParameters>>;

  /**
   * @param options the seed of the starting weights, or the weights themselves, by name
   * @throws GradbookError on settings that do not fit together
   */
  constructor(config: Partial<BertConfig>, options: { seed?: number; weights?: ParameterValues } = {}) {
    this.config = parseBertConfig(config);
    const { seed = 0, weights } = options;
    this.parameters = new Parameters(bertParameters(this.config), weights ? { values: weights } : { seed });
  }

  /** What the encoder makes of texts: int32 `[B, T]` → `[B, T, C]`. */
  hidden(ids: tf.Tensor, call?: BertCall): tf.Tensor {
    checkIdShape("Bert", ids, this.config);
    return bertHidden(this.parameters.tensors(), this.config, ids, call);
  }

  /** Scores for the token at each place: int32 `[B, T]` → `[B, T, V]`. */
  logits(ids: tf.Tensor, call?: BertCall): tf.Tensor {
    checkIdShape("Bert", ids, this.config);
    const p = this.parameters.tensors();
    return bertHead(p, this.config, bertHidden(p, this.config, ids, call));
  }

  /**
   * Mean nats per hidden token; targets are `IGNORED` where nothing was hidden. With `places` the scores of those places alone are
   * computed, which spares most of the work of a small model.
   */
  loss(inputs: tf.Tensor, targets: tf.Tensor, options: LossOptions = {}): tf.Scalar {
    const { labelSmoothing = 0, training, segments, neftuneAlpha, places } = options;
    if (segments) fail("bert", { expected: "one text per row", got: "packed documents" });
    const call = { training, neftuneAlpha };
    const scores = places ? this.scoresAt(inputs, places, call) : this.logits(inputs, call);
    return crossEntropy(scores, targets, { ignoreIndex: IGNORED, labelSmoothing });
  }

  /** Scores for the tokens at some places of each row: int32 `[B, T]`, `[B, K]` → `[B, K, V]`. */
  private scoresAt(ids: tf.Tensor, places: tf.Tensor, call: BertCall): tf.Tensor {
    checkIdShape("Bert", ids, this.config);
    const p = this.parameters.tensors();
    const hidden = bertHidden(p, this.config, ids, call);
    const [batch, time, width] = hidden.shape as number[];
    const starts = tf.range(0, batch * time, time, "int32").reshape([batch, 1]);
    const chosen = rowsOf(hidden.reshape([batch * time, width]), tf.add(places, starts));
    return bertHead(p, this.config, chosen);
  }

  dispose(): void {
    this.parameters.dispose();
  }
}
