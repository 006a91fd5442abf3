/**
 * Does training here arrive where nanoGPT arrives, and how much sooner? Same weights, same windows, same settings, in
 * turns. Prints step times and, as a second line each, the losses; the two curves go to bench/results/nanogpt.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { saveCheckpoint } from "../../lib/checkpoint/index.ts";
import { engineReport } from "../../lib/engine/index.ts";
import { ENGINE_ENVIRONMENT } from "../../lib/engine/environment.ts";
import { GPT } from "../../lib/models/index.ts";
import { startContestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns, type Line } from "../report.ts";
import { BATCH, MODEL, shakespeare, starts, STEPS, TIME } from "./setting.ts";

const ROUNDS = 9; // and one to warm up

export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-nanogpt-"));
  const { vocabSize, train, validation } = await shakespeare();
  const model = new GPT({ ...MODEL, vocabSize }, { seed: 1337 });
  const checkpoint = join(folder, "start");
  saveCheckpoint(checkpoint, { model });
  const weights = readdirSync(checkpoint).find((name) => name.startsWith("weights-"))!;
  copyFileSync(join(checkpoint, weights), join(folder, "weights.safetensors"));
  const setting = { layers: MODEL.layers, heads: MODEL.heads, time: TIME, batch: BATCH, steps: STEPS };
  writeFileSync(join(folder, "setting.json"), JSON.stringify(setting));
  for (const [name, ids] of Object.entries({ train, validation, starts: starts(train.length) }))
    writeFileSync(join(folder, `${name}.i32`), ids);

  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const { threads } = engineReport() as { threads: number };
  const ours = [process.execPath, file("ours.ts"), checkpoint, join(folder, "ours.jsonl")];
  const theirs = (): string[] => [peerPython(), file("torch_side.py"), folder, String(threads)];
  const contestants = [await startContestant("gradbook", ours, ENGINE_ENVIRONMENT)];
  if (peers) contestants.push(await startContestant("PyTorch eager", theirs()));
  const repetitions = STEPS / (ROUNDS + 1);
  const lines = await compareTurns("nanogpt step", contestants, { rounds: ROUNDS, repetitions });

  const results = fileURLToPath(new URL("../results/nanogpt", import.meta.url));
  mkdirSync(results, { recursive: true });
  const curves = (peers ? ["ours", "torch"] : ["ours"]).map((name) => {
    copyFileSync(join(folder, `${name}.jsonl`), join(results, `${name}.jsonl`));
    const entries = readFileSync(join(folder, `${name}.jsonl`), "utf8")
      .trim()
      .split("\n");
    return entries.map((entry) => JSON.parse(entry) as { step: number; loss: number; validation?: number });
  });
  const last = (curve: (typeof curves)[number]): number => curve[curve.length - 1].validation!;
  const mean = (curve: (typeof curves)[number]): number =>
    curve.slice(-100).reduce((sum, { loss }) => sum + loss, 0) / 100;
  return lines.map((line, i) => ({
    ...line,
    about: {
      ...line.about,
      validation: Number(last(curves[i]).toFixed(4)),
      lastHundredSteps: Number(mean(curves[i]).toFixed(4)),
      ...(i > 0 && { widestGapInFirst100: Number(widestGap(curves[0], curves[i], 100).toExponential(1)) }),
      ...(i > 0 && { meanGap: Number(meanGap(curves[0], curves[i]).toFixed(4)) }),
    },
  }));
}

type Curve = readonly { loss: number }[];

function widestGap(a: Curve, b: Curve, steps: number): number {
  return Math.max(...a.slice(0, steps).map(({ loss }, i) => Math.abs(loss - b[i].loss)));
}

function meanGap(a: Curve, b: Curve): number {
  return a.reduce((sum, { loss }, i) => sum + Math.abs(loss - b[i].loss), 0) / a.length;
}
