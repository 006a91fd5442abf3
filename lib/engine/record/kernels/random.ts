/** tfjs's kernel that draws random numbers: which event happens, by its probability. */
import * as e from "../../graph/elementwise.ts";
import { slice } from "../../graph/layout.ts";
import { streamSeed, uniform } from "../../graph/random.ts";
import { cumulativeSum, softmax } from "../../graph/reduce.ts";
import { leaf, type Value } from "../../graph/value.ts";
import { operationSeed } from "../../random.ts";
import { backend } from "../backend.ts";
import type { Recorder } from "../register.ts";
import { searchSorted } from "./indexing.ts";

/** tfjs's seed, a number that is drawn when none was given; a traced function draws anew at each run instead. */
function seedOf(seed: number): Value {
  if (backend.trace) return operationSeed();
  const [low, high] = new Int32Array(Float64Array.of(seed).buffer);
  return streamSeed(leaf(Int32Array.of(low ^ high), [], "int32"), 0);
}

export const randomRecorders: Record<string, Recorder> = {
  /** logits [rows, events] → events [rows, numSamples]: how many sums of probabilities lie below a uniform number. */
  Multinomial: ({ logits }, { numSamples, seed, normalized }) => {
    const [rows, events] = logits.shape;
    const floats = e.cast(logits, "float32");
    const sums = cumulativeSum(normalized ? floats : softmax(floats), 1, false, false);
    // Without the last, which is 1 up to rounding.
    const limits = slice(sums, [0, 0], [rows, events - 1]);
    return searchSorted(limits, uniform(seedOf(seed), [rows, numSamples]), "right");
  },
};
