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
  /**
   * At most so many targets in a row, kept apart with their places (`Batch.places`), as BERT's authors did: the model then scores
   * those places alone, several times faster. About 1.5 · rate · row length loses next to none. By default every place has a target or none.
   */
  places?: number;
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

function masking({ maskId, vocabSize, rate = 0.15, special = [], places }: MaskingOptions) {
  if (!(rate > 0 && rate < 1)) fail("maskedTokens", { expected: "a rate between 0 and 1", got: rate });
  if (!Number.isInteger(maskId) || maskId < 0 || maskId >= vocabSize)
    fail("maskedTokens", { expected: `a maskId below vocabSize ${vocabSize}`, got: maskId });
  if (places !== undefined && !(Number.isInteger(places) && places >= 1))
    fail("maskedTokens", { expected: "places of at least 1", got: places });
  const never = new Set(special);
  return (batch: Batch, generator: Random): Batch => {
    const inputs = batch.inputs.slice();
    const targets = new Int32Array(inputs.length).fill(IGNORED);
    let inRow = 0;
    for (const [place, id] of batch.inputs.entries()) {
      if (place % batch.contextLength === 0) inRow = 0;
      if (generator.uniform() >= rate || never.has(id) || inRow === places) continue;
      inRow++;
      targets[place] = id;
      const draw = generator.uniform();
      if (draw < 0.8) inputs[place] = maskId;
      else if (draw < 0.9) inputs[place] = generator.integer(vocabSize);
    }
    // Rows with one text each: BERT knows the padding by its id.
    const { segments, ...rest } = batch;
    const packed = segments?.some((document) => document > 1) ? { segments } : {};
    const masked = { ...rest, ...packed, inputs, targets, targetLength: batch.contextLength };
    return places === undefined ? masked : { ...masked, ...gathered(targets, batch, places) };
  };
}

/** The targets of each row at its beginning, with their places. */
function gathered(
  targets: Int32Array,
  { batchSize, contextLength }: Batch,
  count: number,
): Pick<Batch, "targets" | "places" | "targetLength"> {
  const places = new Int32Array(batchSize * count);
  const kept = new Int32Array(batchSize * count).fill(IGNORED);
  for (let row = 0; row < batchSize; row++) {
    let at = row * count;
    for (let place = 0; place < contextLength; place++) {
      const target = targets[row * contextLength + place];
      if (target === IGNORED) continue;
      places[at] = place;
      kept[at++] = target;
    }
  }
  return { targets: kept, places, targetLength: count };
}
