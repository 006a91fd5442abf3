import { expect, test } from "vitest";
import { random } from "../../lib/core/random.ts";

test("the words are those of the published xoshiro128** for state 1, 2, 3, 4", () => {
  // First outputs of the authors' C code (prng.di.unimi.it): 11520, 0, 5927040, 70819200.
  const generator = random(0);
  generator.restore({ words: [1, 2, 3, 4], spare: null });
  expect(generator.uniform()).toBe(((11520 >>> 5) * 2 ** 26 + 0) / 2 ** 53);
  expect(generator.uniform()).toBe(((5927040 >>> 5) * 2 ** 26 + (70819200 >>> 6)) / 2 ** 53);
});

test("the same seed gives the same numbers, another seed others", () => {
  const draw = (seed: number) => Array.from({ length: 5 }, random(seed).uniform);
  expect(draw(42)).toEqual(draw(42));
  expect(draw(42)).not.toEqual(draw(43));
  expect(draw(1)).not.toEqual(draw(1 + 2 ** 32));
});

test("a restored state goes on exactly, also between the two normals of a pair", () => {
  const generator = random(9);
  generator.normal();
  const state = JSON.parse(JSON.stringify(generator.state()));
  const expected = [generator.normal(), generator.uniform(), generator.normal()];
  const other = random(0);
  other.restore(state);
  expect([other.normal(), other.uniform(), other.normal()]).toEqual(expected);
});

test("uniform, normal and integer have the right moments", () => {
  const generator = random(1);
  const n = 100_000;
  let [uniforms, normals, squares, fourths] = [0, 0, 0, 0];
  const faces = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    uniforms += generator.uniform();
    const z = generator.normal();
    normals += z;
    squares += z * z;
    fourths += z ** 4;
    faces[generator.integer(6)]++;
  }
  // Bounds are five standard errors wide.
  expect(Math.abs(uniforms / n - 0.5)).toBeLessThan((5 * 0.2887) / Math.sqrt(n));
  expect(Math.abs(normals / n)).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(squares / n - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
  expect(Math.abs(fourths / n - 3)).toBeLessThan((5 * Math.sqrt(96)) / Math.sqrt(n));
  for (const count of faces) expect(Math.abs(count - n / 6)).toBeLessThan(5 * Math.sqrt((n * 5) / 36));
});

test("shuffle permutes in place", () => {
  const cards = Int32Array.from({ length: 52 }, (_, i) => i);
  const shuffled = random(3).shuffle(cards);
  expect(shuffled).toBe(cards);
  expect([...cards]).not.toEqual(Array.from({ length: 52 }, (_, i) => i));
  expect([...cards].sort((x, y) => x - y)).toEqual(Array.from({ length: 52 }, (_, i) => i));
});

test("bad seeds and sizes are refused", () => {
  expect(() => random(-1)).toThrow("random: expected a seed that is a whole number ≥ 0");
  expect(() => random(0.5)).toThrow("got 0.5");
  expect(() => random(1).integer(0)).toThrow("random.integer: expected a whole number n ≥ 1, got 0");
});
