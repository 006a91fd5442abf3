/**
 * An encoder–decoder: reads one text, writes another. The first transformer and T5 by settings.
 *
 * Papers: Vaswani et al., arXiv 1706.03762; Raffel et al., arXiv 1910.10683.
 *
 * `B` batch, `S` tokens read, `T` tokens written, `V` vocabulary.
 */
import { IGNORED } from "../batches/random-windows.ts";
import { fail } from "../core/errors.ts";
import type { tf } from "../engine/index.ts";
import { crossEntropy } from "../engine/index.ts";
import { Parameters, type ParameterValues } from "../nn/parameters.ts";
import { checkIdShape } from "./check-ids.ts";
import type { LossOptions, TrainableModel } from "./language-model.ts";
import { parseSeq2SeqConfig, type Seq2SeqConfig } from "./seq2seq-config.ts";
import { decode, encode, seq2seqParameters, shiftRight } from "./seq2seq-forward.ts";
import { WritingAbout } from "./seq2seq-writer.ts";

export class Seq2Seq implements TrainableModel {
  readonly kind = "seq2seq";
  readonly config: Seq2SeqConfig;
  readonly parameters: Parameters<ReturnType<typeof seq2seqParameters>>;

  /**
   * @param options the seed of the starting weights, or the weights themselves, by name
   * @throws GradbookError on settings that do not fit together
   * @example const model = new Seq2Seq({ ...seq2seqPresets.nano, ...t5, vocabSize: 200 }, { seed: 1 });
   */
  constructor(config: Partial<Seq2SeqConfig>, options: { seed?: number; weights?: ParameterValues } = {}) {
    this.config = parseSeq2SeqConfig(config);
    const { seed = 0, weights } = options;
    this.parameters = new Parameters(
      seq2seqParameters(this.config),
      weights ? { values: weights } : { seed },
    );
  }

  /**
   * Scores for each next token written.
   *
   * @param source int32 `[B, S]`, filled up with padId
   * @param written int32 `[B, T]`, beginning with startId
   * @returns `[B, T, V]`
   */
  logits(source: tf.Tensor, written: tf.Tensor, { training = false } = {}): tf.Tensor {
    checkIdShape("Seq2Seq", source, this.config, "a source");
    checkIdShape("Seq2Seq", written, this.config, "a text to write");
    const p = this.parameters.tensors();
    const rate = training ? this.config.dropout : 0;
    return decode(p, this.config, written, encode(p, this.config, source, rate), rate);
  }

  /** Mean nats per target token; the decoder is given the targets one place late. */
  loss(source: tf.Tensor, targets: tf.Tensor, options: LossOptions = {}): tf.Scalar {
    const { labelSmoothing = 0, training, segments, neftuneAlpha } = options;
    if (neftuneAlpha)
      fail(this.kind, { expected: "neftuneAlpha 0: this family has no noise", got: neftuneAlpha });
    if (segments) fail("seq2seq", { expected: "one text per row", got: "packed documents" });
    const logits = this.logits(source, shiftRight(targets, this.config), { training });
    return crossEntropy(logits, targets, { ignoreIndex: IGNORED, labelSmoothing });
  }

  /**
   * A language model that writes about the given texts, for everything in gradbook/generate: prompts begin with
   * startId. Row i of a batch is about text i.
   */
  about(sources: readonly ArrayLike<number>[]): WritingAbout {
    return new WritingAbout(this, sources);
  }

  dispose(): void {
    this.parameters.dispose();
  }
}
