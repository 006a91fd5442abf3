/**
 * A process that trains a small model, saves after every step, and may be killed at any instant: run again with
 * the same folder it goes on from the last checkpoint. Prints "done" at the end. Used by kill.test.ts.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { randomWindows, sequentialWindows } from "../../lib/batches/index.ts";
import { loadCheckpoint } from "../../lib/checkpoint/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { train } from "../../lib/train/index.ts";

const [directory, steps] = process.argv.slice(2);
const text = Uint32Array.from({ length: 2000 }, (_, i) => (i * i) % 13);
const windows = { batchSize: 4, contextLength: 8 };
const config = { vocabSize: 13, contextLength: 8, layers: 1, heads: 2, width: 16 };
const saved = existsSync(join(directory, "checkpoint", "manifest.json"))
  ? loadCheckpoint(join(directory, "checkpoint"))
  : { model: new GPT(config, { seed: 1 }), training: undefined };

if (saved.training?.step !== Number(steps))
  await train(
    saved.model,
    { train: randomWindows(text, { ...windows, seed: 1 }), validation: sequentialWindows(text, windows) },
    { steps: Number(steps), saveEvery: 1, evaluateEvery: 0 },
    { observer: {}, resume: saved.training, directory },
  );
console.log("done");
