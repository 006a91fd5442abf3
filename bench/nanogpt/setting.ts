/**
 * nanoGPT's character model of Shakespeare in its CPU setting: 4 layers, 4 heads, width 128, windows of 64, 12 at a time,
 * 2,000 steps, learning rate 1e-3 → 1e-4 (Karpathy, nanoGPT, README and train.py; no biases, no dropout).
 */
import { readFileSync } from "node:fs";
import { tinyShakespeare } from "../../datasets/index.ts";
import { cachedFile } from "../../datasets/download.ts";
import { random } from "../../lib/core/random.ts";

export const STEPS = 2000;
export const BATCH = 12;
export const TIME = 64;
export const MODEL = { contextLength: TIME, layers: 4, heads: 4, width: 128, bias: false } as const;
export const TRAIN = {
  ...{ steps: STEPS, learningRate: 1e-3, finalShare: 0.1, warmupSteps: 100, schedule: "cosine" as const },
  ...{ weightDecay: 0.1, beta1: 0.9, beta2: 0.99, clipNorm: 1 },
} as const;

/** The text as ids of its sorted characters: the first 90 % to learn from, the rest to judge on. */
export async function shakespeare(): Promise<{
  vocabSize: number;
  train: Int32Array;
  validation: Int32Array;
}> {
  const text = readFileSync(await cachedFile(tinyShakespeare.files![0]), "utf8");
  const characters = [...new Set(text)].sort();
  const idOf = new Map(characters.map((character, id) => [character, id]));
  const ids = Int32Array.from(text, (character) => idOf.get(character)!);
  const border = Math.floor(ids.length * 0.9);
  return { vocabSize: characters.length, train: ids.subarray(0, border), validation: ids.subarray(border) };
}

/** Where the windows of every step begin, the same for both. */
export function starts(length: number): Int32Array {
  const generator = random(1337);
  return Int32Array.from({ length: STEPS * BATCH }, () => generator.integer(length - TIME));
}
