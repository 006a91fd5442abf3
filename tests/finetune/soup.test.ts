import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { classify, meanWeights, textJudge } from "../../lib/finetune/index.ts";
import { Bert } from "../../lib/models/index.ts";
import { trainWordPiece } from "../../lib/tokenizers/index.ts";

const shape = { contextLength: 8, layers: 1, heads: 2, width: 16 };

it("the mean of weights, each by itself", () => {
  const models = [1, 2, 3].map((seed) => new Bert({ ...shape, vocabSize: 9 }, { seed }));
  const [a, b, c] = models.map(({ parameters }) => parameters.read());
  const mean = meanWeights(models);
  expect(Object.keys(mean)).toEqual(Object.keys(a));
  for (const [name, values] of Object.entries(mean))
    values.forEach((value, i) => expect(value).toBeCloseTo((a[name][i] + b[name][i] + c[name][i]) / 3, 6));
  expect(meanWeights([models[0]])).toEqual(a);
  expect(() => meanWeights([])).toThrow("expected at least one model");
  const other = new Bert({ ...shape, vocabSize: 10 }, { seed: 1 });
  expect(() => meanWeights([models[0], other])).toThrow("model 1: expected 144 numbers for wte.weight, as in model 0, got 160"); // prettier-ignore
});

it("of models from one start judges as they do", async () => {
  const texts = ["film", "plot", "end", "cast", "tune", "joke"].flatMap((thing) => [{ text: `a good ${thing}`, label: 1 }, { text: `a bad ${thing}`, label: -1 }]); // prettier-ignore
  const tokenizer = trainWordPiece(texts.map(({ text }) => text), { vocabSize: 60, minFrequency: 1 }); // prettier-ignore
  const start = new Bert({ ...shape, vocabSize: tokenizer.vocabSize }, { seed: 1 });
  const tuned = [];
  for (const seed of [1, 2]) {
    const settings = { objective: "regression", epochs: 40, batchSize: 6, learningRate: 1e-2, seed } as const;
    const options = { tokenizer, observer: {}, directory: mkdtempSync(join(tmpdir(), "gradbook-")) };
    tuned.push((await classify(start, { train: texts, validation: texts }, settings, options)).model);
  }
  const [soup] = tuned;
  soup.parameters.write(meanWeights(tuned));
  const judge = textJudge(soup, { tokenizer });
  for (const [i, { scores }] of judge.judge(texts.map(({ text }) => text)).entries())
    expect(Math.sign(scores[0]), texts[i].text).toBe(texts[i].label);
  judge.dispose();
});
