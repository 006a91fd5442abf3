/** Parts of a program's inputs are inputs over the same memory, and long results come in blocks: nothing is copied. */
import { expect, test } from "vitest";
import { adamwUpdate, compile, tf } from "../../lib/engine/index.ts";
import { plan } from "../../lib/engine/graph/plan.ts";
import { reshape, split } from "../../lib/engine/graph/layout.ts";
import { add } from "../../lib/engine/graph/elementwise.ts";
import { placeholder } from "../../lib/engine/graph/value.ts";
import { lowerPlan } from "../../lib/engine/onnx/lower-plan.ts";
import { onnxProgram } from "../../lib/engine/onnx/program.ts";

test("a buffer that is cut and reshaped is fed in parts", () => {
  const flat = placeholder([8], "float32");
  const [head, tail] = split(flat, [2, 6], 0);
  const planned = plan([add(reshape(tail, [2, 3]), reshape(split(tail, [3, 3], 0)[1], [1, 3])), head]);
  const { inputs } = lowerPlan(planned).boundary;
  expect([...inputs.values()].map(({ offset, shape }) => [offset, shape])).toEqual([
    [2, [2, 3]],
    [5, [1, 3]],
    [0, [2]],
  ]);
  const program = onnxProgram(planned);
  const results = program.run([Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)]);
  expect(results.map((data) => Array.from(data as Float32Array))).toEqual([
    [9, 11, 13, 12, 14, 16],
    [1, 2],
  ]);
  program.dispose();
});

test("a cut along another axis is computed", () => {
  const x = placeholder([2, 3], "float32");
  const program = onnxProgram(plan([...split(x, [1, 2], 1)]));
  expect(
    program.run([Float32Array.of(1, 2, 3, 4, 5, 6)]).map((data) => Array.from(data as Float32Array)),
  ).toEqual([
    [1, 4],
    [2, 3, 5, 6],
  ]);
  program.dispose();
});

test("a long update in blocks gives the same numbers whether or not the step reads its result again", () => {
  const length = 2 * 128 * 1024;
  const run = (again: boolean): number[] => {
    const [parameters, firstMoment, secondMoment, average] = [1, 0, 0, 0].map((value) =>
      tf.variable(tf.fill([length], value)),
    );
    const [learningRate, step] = [tf.scalar(0.1), tf.scalar(1)];
    const update = compile((gradient: tf.Tensor) => {
      adamwUpdate({ parameters, firstMoment, secondMoment, gradient, learningRate, step, weightDecay: 0 });
      if (again) average.assign(tf.mul(parameters, 0.5));
    });
    update(tf.fill([length], 2));
    const [first, last] = [parameters.dataSync()[0], parameters.dataSync()[length - 1]];
    return [first, last, again ? average.dataSync()[length - 1] * 2 : last];
  };
  for (const number of [...run(false), ...run(true)]) expect(number).toBeCloseTo(0.9, 5);
});
