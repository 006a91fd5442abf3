/** sgdUpdate and lionUpdate: their formulas by hand, and the same numbers whole and in blocks. */
import { describe, expect, test } from "vitest";
import { engineStats, lionUpdate, sgdUpdate, tf } from "../../lib/engine/index.ts";
import { expectNear } from "./near.ts";

const RATE = 0.1;
const DECAY = 0.2;
const SCALE = 0.5;

type Update = typeof sgdUpdate;
type Formula = (theta: number, m: number, g: number) => [theta: number, m: number];

const keep = 1 - RATE * DECAY;
const cases: [string, Update, Formula][] = [
  [
    "sgdUpdate",
    (update) => sgdUpdate({ ...update, momentum: 0.9 }),
    (theta, m, g) => [theta * keep - RATE * (0.9 * m + g), 0.9 * m + g],
  ],
  [
    "sgdUpdate with Nesterov's momentum",
    (update) => sgdUpdate({ ...update, momentum: 0.9, nesterov: true }),
    (theta, m, g) => [theta * keep - RATE * (g + 0.9 * (0.9 * m + g)), 0.9 * m + g],
  ],
  [
    "lionUpdate",
    (update) => lionUpdate(update),
    (theta, m, g) => [theta * keep - RATE * Math.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g],
  ],
];

describe.each(cases)("%s", (_name, update, formula) => {
  // The second length is updated in blocks.
  test.each([5, 3 * 64 * 1024])("follows its formula over %i numbers", (length) => {
    const numbers = (phase: number): Float32Array =>
      Float32Array.from({ length }, (_, i) => Math.sin(i + phase));
    const [start, momentum, gradient] = [0, 1, 2].map(numbers);
    const parameters = tf.variable(tf.tensor1d(start));
    const momentumBuffer = tf.variable(tf.tensor1d(momentum));
    update({
      parameters,
      momentumBuffer,
      gradient: tf.tensor1d(gradient),
      learningRate: tf.scalar(RATE),
      gradientScale: tf.scalar(SCALE),
      weightDecay: DECAY,
    });
    const [theta, m] = [parameters.dataSync(), momentumBuffer.dataSync()];
    expect(engineStats.nodes).toBeLessThan(6);
    for (let i = 0; i < length; i += Math.ceil(length / 50))
      expectNear([theta[i], m[i]], formula(start[i], momentum[i], SCALE * gradient[i]), 1e-5);
  });

  test("refuses buffers of different lengths", () => {
    const [two, three] = [tf.variable(tf.zeros([2])), tf.variable(tf.zeros([3]))];
    const given = { parameters: two, momentumBuffer: three, gradient: two, learningRate: tf.scalar(1) };
    expect(() => update(given)).toThrow(/Update: expected momentumBuffer of shape \[2\], got \[3\]/);
  });
});
