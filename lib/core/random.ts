/**
 * Seeded random numbers whose state can be saved: the same seed gives the same run, and a resumed run goes on
 * as if it had never stopped.
 *
 * Generator: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators",
 * arXiv 1805.01407), period 2¹²⁸ − 1, four 32-bit words of state; the words come from the seed through
 * splitmix32 so that neighbouring seeds share nothing.
 * Left out: cryptographic strength, jump-ahead. Independent streams come from different seeds.
 */
import { fail } from "./errors.ts";

/** Plain data for a checkpoint: four state words and the normal deviate kept back, if any. */
export interface RandomState {
  words: [number, number, number, number];
  spare: number | null;
}

export interface Random {
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /** A draw from the standard normal distribution. */
  normal(): number;
  /** A whole number in [0, n). */
  integer(n: number): number;
  /** Shuffles the array in place (Fisher–Yates) and returns it. */
  shuffle<A extends { length: number; [index: number]: unknown }>(array: A): A;
  state(): RandomState;
  restore(state: RandomState): void;
}

/**
 * A generator started from a seed.
 *
 * @param seed a whole number in [0, 2⁵³)
 * @throws GradbookError for any other seed
 * @example random(7).integer(6) + 1 // a die that falls the same way on every machine
 */
export function random(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    fail("random", { expected: "a seed that is a whole number ≥ 0 and below 2^53", got: seed });
  }
  const mix = splitmix32((seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b));
  let [a, b, c, d] = [mix(), mix(), mix(), mix()];
  let spare: number | null = null;

  function next(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled;
  }

  function uniform(): number {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  function normal(): number {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    // Box–Muller: two uniforms make two normals. 1 − u keeps the logarithm finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  function integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1)
      fail("random.integer", { expected: "a whole number n ≥ 1", got: n });
    return Math.floor(uniform() * n);
  }

  return {
    uniform,
    normal,
    integer,
    shuffle(array) {
      for (let i = array.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [array[i], array[j]] = [array[j], array[i]];
      }
      return array;
    },
    state: () => ({ words: [a >>> 0, b >>> 0, c >>> 0, d >>> 0], spare }),
    restore(state) {
      [a, b, c, d] = state.words;
      spare = state.spare;
    },
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** 32-bit relative of splitmix64: a counter run through a mixing function (Steele et al., OOPSLA 2014). */
function splitmix32(seed: number): () => number {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = counter;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
}
