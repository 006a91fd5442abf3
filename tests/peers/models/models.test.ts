/**
 * Models made here, written to folders, read by transformers: the same logits. Needs PyTorch, which `npm run bench:peers`
 * installs and `.ci/run` does not (2.5 GB); golden files of both directions are in tests/checkpoint.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { saveHuggingFace } from "../../../lib/checkpoint/index.ts";
import { tf } from "../../../lib/engine/index.ts";
import { Bert, GPT, modernGPT, Seq2Seq, t5 } from "../../../lib/models/index.ts";

const PYTHON = join(import.meta.dirname, "../../../bench/.peers/venv/bin/python");
const hasTorch = existsSync(PYTHON) && spawnSync(PYTHON, ["-c", "import torch, transformers"]).status === 0;
const gpt = { vocabSize: 11, contextLength: 8, layers: 2, heads: 4, width: 16 };
const MODELS = {
  "GPT-2": new GPT(gpt, { seed: 1 }),
  LLaMA: new GPT({ ...gpt, ...modernGPT, kvHeads: 2, tied: false, ropeBase: 500 }, { seed: 2 }),
  Mistral: new GPT({ ...gpt, ...modernGPT, kvHeads: 1, window: 3 }, { seed: 3 }),
  BERT: new Bert(gpt, { seed: 4 }),
  T5: new Seq2Seq({ ...gpt, ...t5, activation: "relu", tied: true }, { seed: 5 }),
  "T5 1.1": new Seq2Seq({ ...gpt, ...t5, decoderLayers: 1 }, { seed: 6 }),
};

it.skipIf(!hasTorch)("transformers finds the logits that we find", () => {
  const parent = mkdtempSync(join(tmpdir(), "gradbook-"));
  const entries = Object.entries(MODELS);
  const folders = entries.map(([name, model]) => {
    // Larger than at the start, so that differences would show.
    for (const { variable } of model.parameters.groups) tf.tidy(() => variable.assign(variable.mul(5)));
    saveHuggingFace(join(parent, name), { model });
    return join(parent, name);
  });
  const script = join(import.meta.dirname, "logits.py");
  const { stdout, stderr } = spawnSync(PYTHON, [script, ...folders], { encoding: "utf8" });
  const lines = stdout.trim().split("\n");
  expect(lines.length, stderr).toBe(entries.length);
  entries.forEach(([name, model], i) => {
    const theirs = (JSON.parse(lines[i]) as number[][][]).flat(2);
    const ours = tf.tidy(() => {
      const ids = tf.tensor2d([[3, 1, 4, 1, 5, 9, 2, 6]], undefined, "int32");
      const logits =
        model instanceof Seq2Seq
          ? model.logits(ids, tf.tensor2d([[0, 3, 5, 7]], undefined, "int32"))
          : model.logits(ids);
      return logits.dataSync();
    });
    expect(theirs.length, name).toBe(ours.length);
    theirs.forEach((value, k) => expect(Math.abs(value - ours[k]), name).toBeLessThan(1e-4));
  });
});
