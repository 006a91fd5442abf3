/**
 * A recurrent language model: LSTM, GRU or plain RNN over token embeddings. The baseline that transformers are
 * compared with (Zaremba et al., arXiv 1409.2329).
 *
 * In a compiled step the layers are written out place by place, so the size of the program grows with the length of
 * the windows. Left out: carrying the state from one training window to the next.
 *
 * `B` batch, `T` time, `C` width, `V` vocabulary.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { choice, defineConfig, integer, type ConfigValues } from "../core/config.ts";
import { fail } from "../core/errors.ts";
import { crossEntropy, dropout, linear as linearOp, tf } from "../engine/index.ts";
import { embedding, embeddingParameters } from "../nn/embedding.ts";
import { zeros, type TensorsOf } from "../nn/parameter.ts";
import { Parameters, type ParameterValues } from "../nn/parameters.ts";
import { CELLS, recurrent, recurrentParameters, stateCount } from "../nn/recurrent.ts";
import { checkIdShape } from "./check-ids.ts";
import { gptConfig } from "./gpt-config.ts";
import type { CachedLanguageModel, CachedScores, LossOptions, NextScores } from "./language-model.ts";

export const recurrentConfig = defineConfig("recurrent", {
  vocabSize: gptConfig.vocabSize,
  contextLength: {
    ...gptConfig.contextLength,
    default: 64,
    description: "Length of the windows it learns from.",
  },
  cell: choice(CELLS, { default: "lstm", description: "What changes the state." }),
  layers: { ...gptConfig.layers, default: 2, description: "Layers, each reading what the one below says." },
  width: integer({
    default: 256,
    min: 1,
    unit: "channels",
    description: "Numbers in the state of each layer.",
  }),
  dropout: gptConfig.dropout,
});

export type RecurrentConfig = ConfigValues<typeof recurrentConfig>;

export function recurrentLMParameters({ vocabSize, cell, layers, width }: RecurrentConfig) {
  return {
    wte: embeddingParameters(vocabSize, width),
    h: Array.from({ length: layers }, () => recurrentParameters(cell, width, width)),
    head: { weight: embeddingParameters(vocabSize, width).weight, bias: zeros([vocabSize]) },
  };
}

type RecurrentLMTensors = TensorsOf<ReturnType<typeof recurrentLMParameters>>;

export class RecurrentLM implements CachedLanguageModel {
  readonly kind = "recurrent";
  readonly config: RecurrentConfig;
  readonly parameters: Parameters<ReturnType<typeof recurrentLMParameters>>;

  /** @param options the seed of the starting weights, or the weights themselves, by name */
  constructor(config: Partial<RecurrentConfig>, options: { seed?: number; weights?: ParameterValues } = {}) {
    this.config = recurrentConfig.parse(config);
    const { seed = 0, weights } = options;
    const tree = recurrentLMParameters(this.config);
    this.parameters = new Parameters(tree, weights ? { values: weights } : { seed });
  }

  logits(ids: tf.Tensor, { training = false } = {}): tf.Tensor {
    checkIdShape("RecurrentLM", ids, this.config);
    const p = this.parameters.tensors();
    return head(p, this.layers(p, ids, this.empty(ids.shape[0]), training).output);
  }

  loss(inputs: tf.Tensor, targets: tf.Tensor, options: LossOptions = {}): tf.Scalar {
    const { labelSmoothing = 0, training, segments, neftuneAlpha } = options;
    if (neftuneAlpha)
      fail(this.kind, { expected: "neftuneAlpha 0: this family has no noise", got: neftuneAlpha });
    if (segments) fail("recurrent", { expected: "one text per row", got: "packed documents" });
    return crossEntropy(this.logits(inputs, { training }), targets, { ignoreIndex: IGNORED, labelSmoothing });
  }

  cacheShapes(batch: number): number[][] {
    const { cell, layers, width } = this.config;
    return new Array(layers * stateCount(cell)).fill([batch, width]);
  }

  read(ids: tf.Tensor, last: tf.Tensor): CachedScores {
    checkIdShape("RecurrentLM", ids, this.config);
    const p = this.parameters.tensors();
    const [batch] = ids.shape as number[];
    const { output, states } = this.layers(p, ids, this.empty(batch), false);
    const places = tf.add(tf.mul(last, tf.scalar(batch, "int32")), tf.range(0, batch, 1, "int32"));
    // States by place, then row: [T·B, C].
    const at = (all: readonly tf.Tensor[]): tf.Tensor => tf.gather(tf.concat([...all], 0), places);
    const cache = states.flatMap((byPlace) =>
      byPlace[0].map((_, part) => at(byPlace.map((state) => state[part]))),
    );
    return { logits: head(p, at(tf.unstack(output, 1))), cache };
  }

  readOne(ids: tf.Tensor, _position: tf.Tensor, cache: readonly tf.Tensor[]): NextScores {
    const p = this.parameters.tensors();
    const parts = stateCount(this.config.cell);
    const before = p.h.map((_, layer) => cache.slice(parts * layer, parts * (layer + 1)));
    const { output, states } = this.layers(p, ids, before, false);
    const { vocabSize } = this.config;
    return { logits: head(p, output).reshape([-1, vocabSize]), written: states.flatMap(([state]) => state) };
  }

  dispose(): void {
    this.parameters.dispose();
  }

  /** What the last layer says `[B, T, C]`, and each layer's states by place. */
  private layers(
    p: RecurrentLMTensors,
    ids: tf.Tensor,
    before: readonly (readonly tf.Tensor[])[],
    training: boolean,
  ): { output: tf.Tensor; states: tf.Tensor[][][] } {
    const { cell } = this.config;
    const rate = training ? this.config.dropout : 0;
    const states: tf.Tensor[][][] = [];
    const output = p.h.reduce(
      (x, layer, index) => {
        const read = recurrent(layer, dropout(x, rate), cell, before[index]);
        states.push(read.states);
        return read.output;
      },
      embedding(p.wte, ids),
    );
    return { output: dropout(output, rate), states };
  }

  private empty(batch: number): tf.Tensor[][] {
    const { cell, layers, width } = this.config;
    const zero = tf.zeros([batch, width]);
    return Array.from({ length: layers }, () => new Array<tf.Tensor>(stateCount(cell)).fill(zero));
  }
}

/** `[…, C]` → `[…, V]`. */
function head({ head: { weight, bias } }: RecurrentLMTensors, x: tf.Tensor): tf.Tensor {
  return linearOp(x, weight, bias, { transposed: true });
}
