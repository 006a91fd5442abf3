/**
 * Batches for evaluation: windows side by side from the beginning of a text to its end, the same ones every time.
 *
 * Each target token is counted once. All batches have the same shape, so that a compiled model runs one program;
 * the few tokens at the end that fill no batch are left out.
 */
import { fail } from "../core/errors.ts";
import { checkWindows, windowsAt, type Batch, type Tokens, type WindowOptions } from "./random-windows.ts";

export interface SequentialOptions extends WindowOptions {
  /**
   * Use at most this many batches, taken evenly from the whole text: a quick estimate that does not jump
   * because other text was looked at. All by default.
   */
  maxBatches?: number;
}

/**
 * @throws GradbookError when the text does not fill one batch
 * @example for (const batch of sequentialWindows(ids, { batchSize: 12, contextLength: 64 })) …
 */
export function sequentialWindows(tokens: Tokens, options: SequentialOptions): Batch[] {
  const { batchSize, contextLength, maxBatches = Infinity } = options;
  checkWindows("sequentialWindows", tokens, options);
  if (!(maxBatches >= 1)) fail("sequentialWindows", { expected: "maxBatches ≥ 1", got: maxBatches });

  const windows = Math.floor((tokens.length - 1) / contextLength);
  const all = Math.floor(windows / batchSize);
  if (all === 0)
    fail("sequentialWindows", {
      expected: `at least ${batchSize * contextLength + 1} tokens, for one batch of ${batchSize} windows`,
      got: tokens.length,
      hint: "use a longer text, a smaller batchSize or a smaller contextLength",
    });
  const used = Math.min(all, maxBatches);
  return Array.from({ length: used }, (_, index) => {
    const batch = Math.floor((index * all) / used);
    const starts = Array.from({ length: batchSize }, (_, row) => (batch * batchSize + row) * contextLength);
    return windowsAt(tokens, starts, contextLength);
  });
}
