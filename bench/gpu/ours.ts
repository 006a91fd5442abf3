/** The contestant "gradbook" of the GPU bench: `node ours.ts SETTING`, on XLA. */
import { engineReport, engineStats } from "../../lib/engine/index.ts";
import { serveTurns } from "../contestant.ts";
import { repeatableStep } from "../train-step/model.ts";
import { SETTINGS } from "./setting.ts";

/** On the error stream, so that a run that hangs says where. */
const say = (what: string): void => console.error(`gradbook: ${what} after ${(performance.now() / 1000).toFixed(1)} s`); // prettier-ignore

const step = repeatableStep(SETTINGS[Number(process.argv[2])]);
say("model made");
const before = engineStats.compileMs;
step();
const compileMs = Math.round(engineStats.compileMs - before);
say(`first step (compiled in ${(compileMs / 1000).toFixed(1)} s)`);
for (let i = 0; i < 3; i++) step();
const { engine, devices } = engineReport();
await serveTurns(
  { engine, device: devices?.names[0], compileMs, memory: devices?.memory?.peak, loss: step() },
  step,
);
