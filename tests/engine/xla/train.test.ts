/** Training on XLA is training on ONNX Runtime: the same losses, and going from one to the other in between. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomWindows } from "../../../lib/batches/index.ts";
import { engineName, setRandomState, useEngine } from "../../../lib/engine/index.ts";
import { findPlugins } from "../../../lib/engine/xla/pjrt/discover.ts";
import { GPT } from "../../../lib/models/index.ts";
import { Trainer } from "../../../lib/train/index.ts";

const [path] = findPlugins([fileURLToPath(new URL("../../../bench/.peers/venv", import.meta.url))]);
const TEXT = Uint32Array.from("the whale swam and dived ".repeat(20), (c) => c.charCodeAt(0) % 32);

/** Losses of `steps` steps; from step `switchAt` on another engine computes. */
function losses(first: string, steps: number, switchAt = steps, second = first): number[] {
  useEngine(first);
  setRandomState(1);
  const model = new GPT(
    { vocabSize: 32, contextLength: 8, layers: 2, heads: 2, width: 16, dropout: 0.1 },
    { seed: 1 },
  );
  const loader = randomWindows(TEXT, { batchSize: 4, contextLength: 8, seed: 1 });
  const trainer = new Trainer(model, loader, { steps, learningRate: 1e-3, warmupSteps: 10 });
  const found = Array.from({ length: steps }, (_, step) => {
    if (step === switchAt) useEngine(second);
    return trainer.step().loss;
  });
  trainer.dispose();
  model.dispose();
  return found;
}

describe.skipIf(!path)("a GPT with dropout", () => {
  const before = process.env.GRADBOOK_PJRT_PLUGIN;
  beforeAll(() => void (process.env.GRADBOOK_PJRT_PLUGIN = path));
  afterAll(() => {
    useEngine("onnx");
    if (before === undefined) delete process.env.GRADBOOK_PJRT_PLUGIN;
    else process.env.GRADBOOK_PJRT_PLUGIN = before;
  });

  it("has the losses of ONNX Runtime over 200 steps, within 0.002 nats", () => {
    const onnx = losses("onnx", 200);
    const xla = losses("xla", 200);
    expect(engineName()).toBe("graph/xla");
    expect(onnx.at(-1)).toBeLessThan(onnx[0] - 0.5);
    expect(Math.max(...xla.map((loss, step) => Math.abs(loss - onnx[step])))).toBeLessThan(0.002);
  });

  it("goes on with the other engine in the middle of a run", () => {
    const stayed = losses("onnx", 20);
    for (const [one, other] of [
      ["onnx", "xla"],
      ["xla", "onnx"],
    ] as const)
      // prettier-ignore
      losses(one, 20, 10, other).forEach((loss, step) =>
        expect(Math.abs(loss - stayed[step])).toBeLessThan(1e-4),
      );
  });
});
