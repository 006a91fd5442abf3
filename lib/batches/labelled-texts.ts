/**
 * Labelled texts as batches: one text in each row, filled up at its end, and what is to be said about it.
 *
 * Each epoch goes through all texts once in another order (epoch-order.ts). Against learning by heart, tokens may be
 * left out at random, others each time (word dropout, Iyyer et al. 2015, "Deep Unordered Composition").
 *
 * `B` batch, `T` time, `K` quantities. inputs and segments `[B, T]`, targets `[B, 1]` or values `[B, K]`.
 */
import { fail } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { epochOrder } from "./epoch-order.ts";
import { derivedLoader } from "./objectives/derived-loader.ts";
import type { Batch, BatchLoader } from "./random-windows.ts";

/** Token ids of a text with the number of its class, or the quantities that belong to it. */
export type LabelledIds = { ids: ArrayLike<number> } & ({ class: number } | { values: readonly number[] });

export interface LabelledOptions {
  batchSize: number;
  /** Id that fills rows up. */
  padId: number;
  /** Tokens in a row; longer texts are cut. By default the length of the longest text. */
  length?: number;
}

/**
 * Endless batches in an order that looks random, resumable.
 *
 * @param options `tokenDropout` is the share of tokens that are left out; those of `keep` never are
 * @throws GradbookError when the texts fill no batch, or one of them is empty
 */
export function labelledBatches(
  texts: readonly LabelledIds[],
  options: LabelledOptions & { seed: number; tokenDropout?: number; keep?: readonly number[] },
): BatchLoader & { batchesPerEpoch: number } {
  const { batchSize, padId, seed, tokenDropout = 0, keep = [] } = options;
  const rows = rowMaker("labelledBatches", texts, options);
  if (texts.length < batchSize)
    fail("labelledBatches", {
      expected: `at least ${batchSize} texts, for one batch`,
      got: texts.length,
      hint: "use more texts or a smaller batchSize",
    });
  if (!(tokenDropout >= 0 && tokenDropout < 1))
    fail("labelledBatches", { expected: "a tokenDropout from 0 to below 1", got: tokenDropout });
  const order = epochOrder("labelledBatches", texts.length, { batchSize, seed });
  const { batchesPerEpoch, state, restore } = order;
  const source = {
    ...{ batchSize, contextLength: rows.length, state, restore },
    next: () => rows.batch(order.next()),
  };
  if (tokenDropout === 0) return { ...source, batchesPerEpoch };
  const always = new Set(keep);
  const thinned = derivedLoader(source, random(seed).integer(2 ** 31), (batch, generator) => {
    const out = {
      ...batch,
      inputs: batch.inputs.slice().fill(padId),
      segments: batch.segments!.slice().fill(0),
    };
    for (let row = 0; row < batchSize; row++) {
      const start = row * rows.length;
      const length = batch
        .segments!.subarray(start, start + rows.length)
        .reduce((sum, mark) => sum + mark, 0);
      const text = batch.inputs.subarray(start, start + length);
      const kept = text.filter((id) => always.has(id) || generator.uniform() >= tokenDropout);
      const used = kept.some((id) => !always.has(id)) ? kept : text;
      out.inputs.set(used, start);
      out.segments.fill(1, start, start + used.length);
    }
    return out;
  });
  return { ...thinned, batchesPerEpoch };
}

/** All texts in order, for evaluation; the last batch holds what is left. */
export function labelledSequence(texts: readonly LabelledIds[], options: LabelledOptions): Batch[] {
  const rows = rowMaker("labelledSequence", texts, options);
  const places = texts.map((_, i) => i);
  return Array.from({ length: Math.ceil(texts.length / options.batchSize) }, (_, batch) =>
    rows.batch(places.slice(batch * options.batchSize, (batch + 1) * options.batchSize)),
  );
}

function rowMaker(where: string, texts: readonly LabelledIds[], options: LabelledOptions) {
  const empty = texts.findIndex(({ ids }) => ids.length === 0);
  if (texts.length === 0 || empty >= 0)
    fail(where, { expected: "texts that have tokens", got: empty < 0 ? "no text" : `text ${empty} without` });
  const length = options.length ?? texts.reduce((most, { ids }) => Math.max(most, ids.length), 1);
  const batch = (places: readonly number[]): Batch => {
    const inputs = new Int32Array(places.length * length).fill(options.padId);
    const segments = new Int32Array(inputs.length);
    const chosen = places.map((place) => texts[place]);
    chosen.forEach(({ ids }, row) => {
      const kept = Array.from(ids).slice(0, length);
      inputs.set(kept, row * length);
      segments.fill(1, row * length, row * length + kept.length);
    });
    const values = chosen.flatMap((text) => ("values" in text ? text.values : []));
    return {
      ...{ inputs, segments, batchSize: places.length, contextLength: length },
      targets: Int32Array.from(chosen, (text) => ("class" in text ? text.class : 0)),
      targetLength: values.length === 0 ? 1 : values.length / places.length,
      ...(values.length > 0 && { values: Float32Array.from(values) }),
    };
  };
  return { length, batch };
}
