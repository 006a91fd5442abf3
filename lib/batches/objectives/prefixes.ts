/**
 * Prefix language modelling: a window is cut at a random place; the model is given what comes before and learns
 * to go on (Raffel et al., arXiv 1910.10683, 3.3.1; Wang et al., arXiv 2204.05832).
 *
 * Two forms. `decoder`: one row as for next-token prediction, with no loss before the cut. `encoder-decoder`: the
 * part before the cut is the encoder's input, the rest the decoder's target.
 */
import { fail } from "../../core/errors.ts";
import { random, type Random } from "../../core/random.ts";
import { IGNORED, type Batch, type BatchLoader } from "../random-windows.ts";
import { derivedLoader } from "./derived-loader.ts";

export interface PrefixOptions {
  form: "decoder" | "encoder-decoder";
  seed: number;
  /** Id for free places behind an encoder's input; needed for `encoder-decoder`. */
  padId?: number;
}

/** The windows of `source`, cut at other places each time. */
export function prefixes(source: BatchLoader, options: PrefixOptions): BatchLoader {
  return derivedLoader(source, options.seed, (batch, generator) => cut(batch, options, generator));
}

/** The same for batches that are looked at again and again. */
export function prefixBatches(batches: readonly Batch[], options: PrefixOptions): Batch[] {
  const generator = random(options.seed);
  return batches.map((batch) => cut(batch, options, generator));
}

function cut(batch: Batch, { form, padId }: PrefixOptions, generator: Random): Batch {
  const { batchSize, contextLength } = batch;
  if (contextLength < 2) fail("prefixes", { expected: "windows of at least 2 tokens", got: contextLength });
  if (form === "encoder-decoder" && padId === undefined)
    fail("prefixes", { expected: "a padId for the encoder's input", got: "none" });
  const inputs = batch.inputs.slice();
  const targets = batch.targets.slice();
  for (let row = 0; row < batchSize; row++) {
    const [start, end] = [row * contextLength, (row + 1) * contextLength];
    const place = start + 1 + generator.integer(contextLength - 1);
    if (form === "decoder") {
      // The target at place p follows token p: the first one behind the cut is that of the last token before it.
      targets.fill(IGNORED, start, place - 1);
    } else {
      inputs.fill(padId!, place, end);
      targets.fill(IGNORED, start, end);
      targets.set(batch.inputs.subarray(place, end), start);
    }
  }
  return { ...batch, inputs, targets };
}
