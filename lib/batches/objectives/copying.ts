/**
 * The copying task: random symbols, a mark, and the same symbols again, which the model has to say from memory. A test of
 * looking far back (Hochreiter & Schmidhuber 1997; Arjovsky et al., arXiv 1511.06464), and what induction heads do
 * (Olsson et al., arXiv 2209.11895).
 *
 *     input    c a b | c a b
 *     target   · · · c a b ·       · does not count
 */
import { fail } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { IGNORED, type BatchLoader } from "../random-windows.ts";

export interface CopyingOptions {
  /** Different symbols, ids 0 … symbols − 1; the mark is the id after them. */
  symbols: number;
  /** Symbols to remember. */
  length: number;
  batchSize: number;
  seed: number;
}

/** Endless batches of windows of 2·length tokens; a model for them has symbols + 1 tokens in its vocabulary. */
export function copyingTask({ symbols, length, batchSize, seed }: CopyingOptions): BatchLoader {
  for (const [name, value] of Object.entries({ symbols, length, batchSize }))
    if (!Number.isInteger(value) || value < 1)
      fail("copyingTask", { expected: `${name} to be a whole number ≥ 1`, got: value });
  const generator = random(seed);
  const contextLength = 2 * length;
  let batches = 0;
  return {
    batchSize,
    contextLength,
    next() {
      batches++;
      const inputs = new Int32Array(batchSize * contextLength);
      const targets = new Int32Array(batchSize * contextLength).fill(IGNORED);
      for (let row = 0; row < batchSize; row++) {
        const shown = Int32Array.from({ length }, () => generator.integer(symbols));
        const start = row * contextLength;
        inputs.set(shown, start);
        inputs[start + length] = symbols;
        inputs.set(shown.subarray(0, length - 1), start + length + 1);
        targets.set(shown, start + length);
      }
      return { inputs, targets, batchSize, contextLength };
    },
    state: () => ({ random: generator.state(), batches }),
    restore(state) {
      generator.restore(state.random);
      batches = state.batches;
    },
  };
}
