/** Comparing arrays of floats, with a message that shows the first difference. */
import { expect } from "vitest";

/** Every number within `tolerance`, relative to the larger of 1 and the expected size. */
export function expectNear(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]));
    if (!(Math.abs(got[i] - expected[i]) <= allowed) && !Object.is(got[i], expected[i]))
      expect.fail(`element ${i}: expected ${expected[i]}, got ${got[i]}`);
  }
}
