/** A run that was saved on one engine goes on on the other as if it had stayed. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomWindows, sequentialWindows } from "../../../lib/batches/index.ts";
import { loadCheckpoint } from "../../../lib/checkpoint/index.ts";
import { setRandomState, useEngine } from "../../../lib/engine/index.ts";
import { GPT } from "../../../lib/models/index.ts";
import { train } from "../../../lib/train/index.ts";
import { cpuPlugin, onXla } from "./plugin.ts";

const TEXT = Uint32Array.from("the whale swam and dived ".repeat(20), (c) => c.charCodeAt(0) % 32);
const windows = { batchSize: 4, contextLength: 8 };
const data = () => ({
  train: randomWindows(TEXT, { ...windows, seed: 1 }),
  validation: sequentialWindows(TEXT, { ...windows, maxBatches: 2 }),
});
const settings = { steps: 16, warmupSteps: 3, evaluateEvery: 8 };

/** Losses of a run that stops after step 6 on `first` and is resumed from its checkpoint on `second`. */
async function losses(first: string, second: string): Promise<number[]> {
  const found: number[] = [];
  const directory = join(mkdtempSync(join(tmpdir(), "gradbook-")), "run");
  useEngine(first);
  setRandomState(1);
  const config = { vocabSize: 32, contextLength: 8, layers: 2, heads: 2, width: 16, dropout: 0.1 };
  const stopped = await train(new GPT(config, { seed: 1 }), data(), settings, {
    observer: {
      onStep: ({ loss }) => void found.push(loss),
      get stopRequested() {
        return found.length === 6;
      },
    },
    directory,
  });
  useEngine(second);
  setRandomState(99);
  const { model, training } = loadCheckpoint(stopped.checkpoint);
  const observer = { onStep: ({ loss }: { loss: number }) => void found.push(loss) };
  await train(model, data(), settings, { observer, resume: training, directory });
  return found;
}

describe.skipIf(!cpuPlugin)("a checkpoint", () => {
  onXla(beforeAll, afterAll);

  it("of ONNX Runtime is resumed on XLA, and the other way round, within 1e-4 of a run that stayed", async () => {
    const stayed = await losses("onnx", "onnx");
    expect(stayed.length).toBe(16);
    for (const [first, second] of [
      ["onnx", "xla"],
      ["xla", "onnx"],
      ["xla", "xla"],
    ]) {
      const found = await losses(first, second);
      expect(found.length).toBe(16);
      found.forEach((loss, step) => expect(Math.abs(loss - stayed[step])).toBeLessThan(1e-4));
    }
  });
});
