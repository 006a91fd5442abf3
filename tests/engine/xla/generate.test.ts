/** Writing with a cache that stays on the device: ONNX Runtime's scores, and only scores come back. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { tf, useEngine } from "../../../lib/engine/index.ts";
import type { Resident } from "../../../lib/engine/graph/value.ts";
import { backend } from "../../../lib/engine/record/backend.ts";
import { batchPredictor } from "../../../lib/generate/cached-predictor.ts";
import { GPT, modernGPT } from "../../../lib/models/index.ts";
import { cpuPlugin, onXla } from "./plugin.ts";

const SIZE = { vocabSize: 17, contextLength: 16, layers: 2, heads: 4, width: 16 };
const MODELS = {
  "GPT-2's parts": SIZE,
  "LLaMA's parts with shared keys": { ...SIZE, ...modernGPT, kvHeads: 2 },
};

/** Scores while two texts of different lengths grow by nine tokens. */
function scores(config: object): number[] {
  const model = new GPT(config, { seed: 3 });
  const predictor = batchPredictor(model, 2);
  const texts = [[1, 2, 3], [4, 5, 6, 7, 8]]; // prettier-ignore
  const all: number[] = [];
  for (let step = 0; step < 9; step++) {
    const next = predictor.logits(texts);
    next.forEach((row, i) => {
      all.push(...row);
      texts[i].push((3 * step + i) % 17);
    });
  }
  predictor.dispose();
  model.dispose();
  return all;
}

/** What all arrays on the device have in common: the engine loads its own copy of the class. */
function deviceArrays(): Resident {
  const sum = tf.add(tf.ones([300]), tf.ones([300]));
  sum.dataSync();
  return Object.getPrototypeOf(backend.value(sum).data) as Resident;
}

describe.skipIf(!cpuPlugin)("writing on XLA", () => {
  onXla(beforeAll, afterAll);

  it.each(Object.entries(MODELS))(
    "%s: the scores of ONNX Runtime, the cache is never read",
    (_name, config) => {
      useEngine("onnx");
      const expected = scores(config);
      useEngine("xla");
      const read = vi.spyOn(deviceArrays(), "readSync");
      const got = scores(config);
      const lengths = read.mock.results.map(({ value }) => (value as Float32Array).length);
      read.mockRestore();
      expect(got).toHaveLength(9 * 2 * 17);
      got.forEach((score, i) => expect(score).toBeCloseTo(expected[i], 4));
      expect(lengths).toEqual(new Array(9).fill(2 * 17));
    },
  );
});
