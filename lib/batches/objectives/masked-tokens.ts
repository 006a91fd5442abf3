/**
 * Masked language modelling (BERT, Devlin et al., arXiv 1810.04805, A.1): some tokens are hidden, and the model
 * names them from what stands on both sides.
 *
 * 15 % of the tokens are targets. Of those, 80 % are replaced by the mask, 10 % by another token, 10 % stay, so
 * that the model cannot rely on seeing a mask where it has to answer. Each token is chosen by itself.
 * Left out: whole words and spans as units.
 */
import { fail } from "../../core/errors.ts";
import { random, type Random } from "../../core/random.ts";
import { IGNORED, type Batch, type BatchLoader } from "../random-windows.ts";
import { derivedLoader } from "./derived-loader.ts";

export interface MaskingOptions {
  /** Id of the mask token. */
  maskId: number;
  /** Ids from which replacements are drawn: 0 … vocabSize − 1. */
  vocabSize: number;
  seed: number;
  /** Share of tokens that are targets; 0.15 by default. */
  rate?: number;
  /** Ids that are never targets, such as padding and separators. */
  special?: readonly number[];
}

/**
 * The windows of `source` with tokens hidden, other ones each time.
 *
 * @throws GradbookError on a mask outside the vocabulary or a rate that is no share
 * @example const loader = maskedTokens(randomWindows(ids, windows), { maskId, vocabSize, seed: 1 });
 */
export function maskedTokens(source: BatchLoader, options: MaskingOptions): BatchLoader {
  const mask = masking(options);
  return derivedLoader(source, options.seed, mask);
}

/** The same for batches that are looked at again and again: tokens are hidden once. */
export function maskBatches(batches: readonly Batch[], options: MaskingOptions): Batch[] {
  const mask = masking(options);
  const generator = random(options.seed);
  return batches.map((batch) => mask(batch, generator));
}

function masking({ maskId, vocabSize, rate = 0.15, special = [] }: MaskingOptions) {
  if (!(rate > 0 && rate < 1)) fail("maskedTokens", { expected: "a rate between 0 and 1", got: rate });
  if (!Number.isInteger(maskId) || maskId < 0 || maskId >= vocabSize)
    fail("maskedTokens", { expected: `a maskId below vocabSize ${vocabSize}`, got: maskId });
  const never = new Set(special);
  return (batch: Batch, generator: Random): Batch => {
    const inputs = batch.inputs.slice();
    const targets = new Int32Array(inputs.length).fill(IGNORED);
    for (const [place, id] of batch.inputs.entries()) {
      if (generator.uniform() >= rate || never.has(id)) continue;
      targets[place] = id;
      const draw = generator.uniform();
      if (draw < 0.8) inputs[place] = maskId;
      else if (draw < 0.9) inputs[place] = generator.integer(vocabSize);
    }
    return { ...batch, inputs, targets };
  };
}
