/** Two devices of one process train as one does: shared batches, and sharded parameters. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomWindows } from "../../../lib/batches/index.ts";
import { compile, setRandomState, tf, useEngine, type Mesh } from "../../../lib/engine/index.ts";
import { backend } from "../../../lib/engine/record/backend.ts";
import { meshFromText } from "../../../lib/engine/xla/mesh.ts";
import type { DeviceBuffer } from "../../../lib/engine/xla/pjrt/buffer.ts";
import { GPT } from "../../../lib/models/index.ts";
import { Trainer } from "../../../lib/train/index.ts";
import { cpuPlugin, onXla } from "./plugin.ts";

const TEXT = Uint32Array.from("the whale swam and dived ".repeat(20), (c) => c.charCodeAt(0) % 32);

/** Losses of 40 steps, the parameters afterwards, and how the model's variables lie. */
function run(mesh: Mesh) {
  useEngine("xla", { mesh });
  setRandomState(1);
  const config = { vocabSize: 32, contextLength: 8, layers: 2, heads: 2, width: 16, dropout: 0.1 };
  const model = new GPT(config, { seed: 1 });
  const loader = randomWindows(TEXT, { batchSize: 4, contextLength: 8, seed: 1 });
  const trainer = new Trainer(model, loader, { steps: 40, learningRate: 1e-3, warmupSteps: 4 });
  const losses = Array.from({ length: 40 }, () => trainer.step().loss);
  const places = model.parameters.groups.map(({ variable }) => {
    const buffer = backend.value(variable).data as DeviceBuffer;
    return `${buffer.handles.length} ${buffer.sharded}`;
  });
  const weights = Object.values(model.parameters.read()).flatMap((values) => [...(values as Float32Array)]);
  trainer.dispose();
  model.dispose();
  return { losses, weights, places };
}

const farthest = (a: number[], b: number[]): number => Math.max(...a.map((x, i) => Math.abs(x - b[i])));

it("is written as text", () => {
  expect(meshFromText("data=2,shardParameters")).toEqual({ data: 2, shardParameters: true });
  expect(() => meshFromText("data=two")).toThrow("GRADBOOK_MESH: expected data=2 or data=2,shardParameters, got data=two"); // prettier-ignore
  expect(() => useEngine("onnx", { mesh: { data: 2 } })).toThrow(
    "mesh with the engine xla, got mesh with onnx",
  );
});

describe.skipIf(!cpuPlugin)("two devices", () => {
  onXla(beforeAll, afterAll);

  it("share a batch, with the losses of one device within 1e-5, dropout included", () => {
    const [one, two] = [run({ data: 1 }), run({ data: 2 })];
    expect(one.places[0]).toBe("1 false");
    expect(two.places[0]).toBe("2 false");
    expect(one.losses.at(-1)).toBeLessThan(one.losses[0] - 0.3);
    expect(farthest(two.losses, one.losses)).toBeLessThan(1e-5);
    expect(farthest(two.weights, one.weights)).toBeLessThan(1e-4);
  });

  it("keep half of the parameters and moments each, with the losses of one device within 1e-5", () => {
    const [one, two] = [run({ data: 1 }), run({ data: 2, shardParameters: true })];
    expect(two.places).toContain("2 true");
    expect(farthest(two.losses, one.losses)).toBeLessThan(1e-5);
    expect(farthest(two.weights, one.weights)).toBeLessThan(1e-4);
  });

  it("take batches that they cannot share evenly, whole", () => {
    useEngine("xla", { mesh: { data: 2 } });
    const mean = compile((x: tf.Tensor) => tf.mean(tf.square(x)));
    expect(mean(tf.tensor1d([1, 2, 3])).dataSync()[0]).toBeCloseTo(14 / 3, 5);
    expect(mean(tf.tensor1d([1, 2, 3, 4])).dataSync()[0]).toBeCloseTo(7.5, 5);
  });
});
