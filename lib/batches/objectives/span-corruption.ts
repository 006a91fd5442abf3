/**
 * Span corruption (T5, Raffel et al., arXiv 1910.10683, 3.1.4): stretches of text are cut out, each leaving one
 * sentinel token; the decoder says what was cut, stretch by stretch, each behind its sentinel.
 *
 *     window   Thank you for inviting me to your party last week
 *     input    Thank you <0> me to your party <1> week
 *     target   <0> for inviting <1> last <end>
 *
 * 15 % of the tokens in stretches of 3 on average. How many tokens and stretches there are follows from the
 * window's length, so all batches have one shape. Sentinels are the last ids of the vocabulary, counted down.
 */
import { fail } from "../../core/errors.ts";
import { random, type Random } from "../../core/random.ts";
import type { Batch, BatchLoader } from "../random-windows.ts";
import { derivedLoader } from "./derived-loader.ts";

export interface SpanOptions {
  /** Sentinel number k is the id vocabSize − 1 − k. */
  vocabSize: number;
  /** Id that ends the target. */
  endId: number;
  seed: number;
  /** Share of tokens that are cut out; 0.15 by default. */
  rate?: number;
  /** Tokens of a stretch, on average; 3 by default. */
  meanLength?: number;
}

/**
 * The windows of `source` as pairs of input and target, other stretches each time.
 *
 * @throws GradbookError when the windows are too short for one stretch, or sentinels would reach `endId`
 */
export function spanCorruption(source: BatchLoader, options: SpanOptions): BatchLoader {
  return derivedLoader(source, options.seed, (batch, generator) => corrupt(batch, options, generator));
}

/** The same for batches that are looked at again and again. */
export function corruptBatches(batches: readonly Batch[], options: SpanOptions): Batch[] {
  const generator = random(options.seed);
  return batches.map((batch) => corrupt(batch, options, generator));
}

function corrupt(batch: Batch, options: SpanOptions, generator: Random): Batch {
  const { vocabSize, endId, rate = 0.15, meanLength = 3 } = options;
  const { batchSize, contextLength } = batch;
  const noise = Math.min(Math.max(Math.round(contextLength * rate), 1), contextLength - 1);
  const spans = Math.min(Math.max(Math.round(noise / meanLength), 1), noise, contextLength - noise);
  if (contextLength < 2 || endId >= vocabSize - spans)
    fail("spanCorruption", {
      expected: `windows of at least 2 tokens, and endId below the ${spans} sentinels at the vocabulary's end`,
      got: `${contextLength} tokens, endId ${endId}, vocabSize ${vocabSize}`,
    });
  const inputLength = contextLength - noise + spans;
  const targetLength = noise + spans + 1;
  const inputs = new Int32Array(batchSize * inputLength);
  const targets = new Int32Array(batchSize * targetLength);
  for (let row = 0; row < batchSize; row++) {
    const cut = partition(noise, spans, generator);
    const kept = partition(contextLength - noise, spans, generator);
    let [from, input, target] = [row * contextLength, row * inputLength, row * targetLength];
    const copy = (array: Int32Array, at: number, length: number): void =>
      array.set(batch.inputs.subarray(from, from + length), at);
    for (let span = 0; span < spans; span++) {
      const sentinel = vocabSize - 1 - span;
      copy(inputs, input, kept[span]);
      from += kept[span];
      input += kept[span];
      inputs[input++] = sentinel;
      targets[target++] = sentinel;
      copy(targets, target, cut[span]);
      from += cut[span];
      target += cut[span];
    }
    targets[target] = endId;
  }
  return { inputs, targets, batchSize, contextLength: inputLength, targetLength };
}

/** `total` things in `parts` non-empty heaps, all divisions equally likely. */
function partition(total: number, parts: number, generator: Random): number[] {
  const borders = generator
    .shuffle(Int32Array.from({ length: total - 1 }, (_, i) => i + 1))
    .slice(0, parts - 1);
  const sorted = [0, ...borders.sort(), total];
  return sorted.slice(1).map((border, i) => border - sorted[i]);
}
