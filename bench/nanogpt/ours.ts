/** Our side: one step per repetition; losses go to the file named on the command line. */
import { appendFileSync } from "node:fs";
import { random } from "../../lib/core/random.ts";
import { windowsAt } from "../../lib/batches/random-windows.ts";
import { sequentialWindows, type BatchLoader } from "../../lib/batches/index.ts";
import { loadCheckpoint } from "../../lib/checkpoint/index.ts";
import { evaluate, Trainer } from "../../lib/train/index.ts";
import { serveTurns } from "../contestant.ts";
import { BATCH, shakespeare, starts, STEPS, TIME, TRAIN } from "./setting.ts";

const [checkpoint, losses] = process.argv.slice(2);
const { train, validation } = await shakespeare();
const places = starts(train.length);
const { model } = loadCheckpoint(checkpoint);
const loader: BatchLoader = {
  ...{ batchSize: BATCH, contextLength: TIME },
  next: () =>
    windowsAt(train, [...places.subarray(trainer.steps * BATCH, (trainer.steps + 1) * BATCH)], TIME),
  state: () => ({ random: random(1).state(), batches: 0 }),
  restore: () => undefined,
};
const trainer = new Trainer(model, loader, TRAIN);
const held = sequentialWindows(validation, { batchSize: BATCH, contextLength: TIME });

await serveTurns({ parameters: model.parameters.count }, async () => {
  const { step, loss } = trainer.step();
  const last = step === STEPS;
  const entry = { step, loss, ...(last && { validation: await evaluate(model, held) }) };
  appendFileSync(losses, `${JSON.stringify(entry)}\n`);
});
