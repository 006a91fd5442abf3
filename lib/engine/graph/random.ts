/**
 * Random numbers from a counter: element i of stream k is a hash of (seed, k, i), the same on every engine and
 * for any number of threads.
 *
 * The hash is a 32-bit mixer (two rounds of xor-shift and multiply) with the constants of Chris Wellons'
 * "Prospecting for hash functions"; good enough for dropout and initial weights, not for cryptography.
 */
import { add, compare, mul, scalar, scale, sub, unary } from "./elementwise.ts";
import { node1, type Shape, type Value } from "./value.ts";

/** Streams lie this far apart (2³² divided by the golden ratio), wrapped to int32. */
const STREAM = 0x9e3779b9 | 0;

/** What a lowering of `randomBits` multiplies by: the hash's two rounds, and the counter's step. */
export const FIRST = 0x7feb352d;
export const SECOND = 0x846ca68b | 0;
export const COUNTER = STREAM;
/** Distance of two neighbouring `uniform` numbers. */
export const UNIT = 2 ** -24;

/** The seed of one stream of a run: two streams of a seed, or of neighbouring seeds, share nothing. */
export function streamSeed(seed: Value, stream: number): Value {
  return add(seed, scalar(Math.imul(stream + 1, STREAM), "int32"));
}

/** int32 numbers over the whole range. */
export function randomBits(seed: Value, shape: Shape): Value {
  return node1("randomBits", [seed], shape, "int32");
}

/** True with the given probability. */
export function bernoulli(seed: Value, shape: Shape, probability: number): Value {
  const below = Math.min(2 ** 31 - 1, Math.round(probability * 2 ** 32 - 2 ** 31));
  return compare("less", randomBits(seed, shape), scalar(below, "int32"));
}

/** Uniform in [0, 1), in steps of 2⁻²⁴. */
export function uniform(seed: Value, shape: Shape): Value {
  return node1("uniform", [randomBits(seed, shape)], shape, "float32");
}

/** Standard normal numbers by the Box–Muller transform of two uniform streams. */
export function normal(seed: Value, shape: Shape): Value {
  const radius = unary("sqrt", scale(unary("log", sub(scalar(1), uniform(seed, shape))), -2));
  const angle = scale(uniform(streamSeed(seed, 1 << 16), shape), 2 * Math.PI);
  return mul(radius, unary("cos", angle));
}
