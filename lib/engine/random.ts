/**
 * The engine's random numbers: one seed for the process, one number taken from it for each run.
 *
 * Inside a compiled function each random operation has its own stream, and each run another seed, so the
 * numbers differ from operation to operation and from step to step, and repeat when the seed is set again.
 */
import { scale, shift } from "./graph/elementwise.ts";
import { normal, streamSeed, uniform } from "./graph/random.ts";

import { leaf, numbersOf, type Value } from "./graph/value.ts";
import { backend } from "./record/backend.ts";
import { fused } from "./ops/fused.ts";
import { singleton } from "./singleton.ts";
import type { tf } from "./tf.ts";

/** Where the random numbers are: put it into a checkpoint, and a resumed run draws what the first would have. */
export interface RandomState {
  readonly seed: number;
  /** Runs that drew so far. */
  readonly draws: number;
}

const state = singleton("random", () => ({ seed: 0, draws: 0 }));

/** Start over from a seed (an integer), or from a saved state. */
export function setRandomState(next: number | RandomState): void {
  Object.assign(state, typeof next === "number" ? { seed: next, draws: 0 } : next);
}

/** The present state. */
export function randomState(): RandomState {
  return { ...state };
}

/** The seed of the next run, a leaf for the program. */
export function nextSeed(): Value {
  const mixed = Math.imul(state.seed ^ Math.imul(++state.draws, 0x9e3779b9), 0x85ebca6b);
  return leaf(Int32Array.of(mixed ^ (mixed >>> 13)), [], "int32");
}

/** A call of a compiled function on an engine that does not trace: one seed, drawn when it is first needed. */
interface EagerRun {
  seed?: Value;
  streams: number;
}
let eagerRun: EagerRun | undefined;

/** Call `body`; all its random operations are streams of one run. Calls within a call belong to the outer one. */
export function withinRun<T>(body: () => T): T {
  if (eagerRun) return body();
  eagerRun = { streams: 0 };
  try {
    return body();
  } finally {
    eagerRun = undefined;
  }
}

/** A seed for one random operation: a stream of the compiled function's run, or a run of its own. */
export function operationSeed(): Value {
  const { trace } = backend;
  if (!trace && eagerRun) return streamSeed((eagerRun.seed ??= nextSeed()), eagerRun.streams++);
  return trace ? streamSeed(trace.seed, trace.streams++) : streamSeed(nextSeed(), 0);
}

/** Seeds of the next `runs` runs, int32: what `withSeed` takes one by one inside a program that does all of them. */
export const drawSeeds = (runs: number): Int32Array =>
  Int32Array.from({ length: runs }, () => numbersOf(nextSeed())[0]);

/** The random operations of `body` as in a run of their own that had this seed, an int32 scalar. */
export function withSeed<T>(seed: tf.Tensor, body: () => T): T {
  const { trace } = backend;
  const outer = eagerRun;
  const value = backend.holds(seed.dataId)
    ? backend.value(seed)
    : leaf(seed.dataSync() as Int32Array, [], "int32");
  if (trace) backend.trace = { ...trace, seed: value, streams: 0 };
  else eagerRun = { seed: value, streams: 0 };
  try {
    return body();
  } finally {
    if (trace) backend.trace = trace;
    else eagerRun = outer;
  }
}

/** Marks the place of the random streams; what it returns calls a body that draws from there once more. */
export function replay(): <T>(body: () => T) => T {
  const counter = (): { streams: number } | undefined => backend.trace ?? eagerRun;
  const marked = { streams: counter()?.streams ?? 0, draws: state.draws };
  return (body) => {
    const streams = counter();
    const now = { streams: streams?.streams ?? 0, draws: state.draws };
    const go = (place: typeof now): void => {
      if (streams) streams.streams = place.streams;
      else state.draws = place.draws;
    };
    go(marked);
    try {
      return body();
    } finally {
      go(now);
    }
  };
}

const uniformKernel = fused("Uniform", (_inputs, { shape, low, high }) => {
  const numbers = uniform(operationSeed(), shape);
  return affine(numbers, high - low, low);
});

const normalKernel = fused("Normal", (_inputs, { shape, mean, deviation }) =>
  affine(normal(operationSeed(), shape), deviation, mean),
);

const affine = (x: Value, factor: number, offset: number): Value => shift(scale(x, factor), offset);

/** Uniform numbers in [low, high); new ones at each run of a compiled function. */
export function randomUniform(shape: readonly number[], low = 0, high = 1): tf.Tensor {
  return uniformKernel({}, { shape, low, high });
}

/** Normal numbers; new ones at each run of a compiled function. */
export function randomNormal(shape: readonly number[], mean = 0, deviation = 1): tf.Tensor {
  return normalKernel({}, { shape, mean, deviation });
}
