/** Labelled texts into a classifier: what is learned, what stays, what is refused. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { labelledBatches, labelledSequence } from "../../lib/batches/index.ts";
import { setRandomState } from "../../lib/engine/index.ts";
import { classify, judgementScores, mergedSequence, textJudge } from "../../lib/finetune/index.ts";
import { Bert, GPT } from "../../lib/models/index.ts";
import { trainBpe, trainWordPiece } from "../../lib/tokenizers/index.ts";

const things = ["film", "plot", "end", "cast", "tune", "joke", "scene", "score"];
const reviews = things.flatMap((thing) => [
  { text: `a good ${thing}`, label: "positive" },
  { text: `a bad ${thing}`, label: "negative" },
]);
const data = { train: reviews, validation: reviews };
const texts = reviews.map(({ text }) => text);
const pieces = trainWordPiece(texts, { vocabSize: 60, minFrequency: 1 });
const bytes = trainBpe(texts, { vocabSize: 280 });
const shape = { contextLength: 16, layers: 1, heads: 2, width: 16 };
const bert = new Bert({ ...shape, vocabSize: pieces.vocabSize }, { seed: 1 });
const gpt = new GPT({ ...shape, vocabSize: bytes.vocabSize }, { seed: 1 });
const quiet = () => ({ observer: {}, directory: mkdtempSync(join(tmpdir(), "gradbook-")) });
const settings = { epochs: 40, batchSize: 8, learningRate: 1e-2 } as const;

describe("classify", () => {
  it("teaches a BERT two classes, logs accuracy and F1, and leaves the body that it was given alone", async () => {
    const before = bert.parameters.read();
    const { model, run, labels } = await classify(bert, data, settings, { ...quiet(), tokenizer: pieces });
    expect(labels).toEqual(["negative", "positive"]);
    expect(bert.parameters.read()).toEqual(before);
    const judge = textJudge(model, { tokenizer: pieces });
    expect(judge.judge(["a good film", "a bad film"]).map(({ label }) => label)).toEqual([
      "positive",
      "negative",
    ]);
    judge.dispose();
    const log = readFileSync(join(run.directory, "log.jsonl"), "utf8").trim().split("\n");
    const looks = log.map((line) => JSON.parse(line)).filter((line) => "eval_f1" in line);
    expect(looks.at(-1)).toMatchObject({ eval_accuracy: 1, eval_f1: 1 });
  });

  it("trains a GPT's adapter and head alone; merged, it judges the same", async () => {
    const { model } = await classify(
      gpt,
      data,
      { ...settings, epochs: 120, adapter: "lora", pooling: "last" },
      { ...quiet(), tokenizer: bytes, lora: { rank: 4 } },
    );
    const [before, after] = [gpt.parameters.read(), model.parameters.read()];
    expect(after["h.0.attn.c_attn.weight"]).toEqual(before["h.0.attn.c_attn.weight"]);
    expect(after["h.0.attn.c_attn.lora_B"].some((value) => value !== 0)).toBe(true);
    const [one, other] = [model, mergedSequence(model)].map(
      (each) => textJudge(each, { tokenizer: bytes }).judge(texts)[0].scores,
    );
    one.forEach((score, i) => expect(other[i]).toBeCloseTo(score, 4));
    expect(judgementScores(textJudge(model, { tokenizer: bytes }).judge(texts), reviews).accuracy).toBe(1);
  });

  it("keeps what is frozen, and goes on from a checkpoint to the same bits", async () => {
    const frozen = { ...settings, epochs: 4, freeze: "wte.*", tokenDropout: 0.3 };
    const training = { schedule: "constant", warmupSteps: 0, evaluateEvery: 0 } as const;
    setRandomState(7);
    const whole = await classify(bert, data, frozen, { ...quiet(), tokenizer: pieces, training });
    expect(whole.model.parameters.read()["wte.weight"]).toEqual(bert.parameters.read()["wte.weight"]);
    setRandomState(7);
    const half = await classify(
      bert,
      data,
      { ...frozen, epochs: 2 },
      { ...quiet(), tokenizer: pieces, training },
    );
    const resumed = await classify(bert, data, frozen, {
      ...{ ...quiet(), tokenizer: pieces, training },
      resume: half.run.checkpoint,
    });
    expect(resumed.model.parameters.read()).toEqual(whole.model.parameters.read());
  });

  it("learns quantities", async () => {
    const rated = reviews.map(({ text, label }) => ({ text, label: label === "positive" ? 2 : -2 }));
    const rating = { ...settings, objective: "regression", epochs: 60 } as const;
    const { model } = await classify(bert, { train: rated, validation: rated }, rating, {
      ...quiet(),
      tokenizer: pieces,
    });
    const { mae, correlation } = judgementScores(textJudge(model, { tokenizer: pieces }).judge(texts), rated);
    expect(mae).toBeLessThan(0.5);
    expect(correlation).toBeGreaterThan(0.95);
  });

  it.each([
    [
      "a class that training lacks",
      [{ text: "a film", label: "odd" }],
      "expected a label among negative, positive, got odd",
    ],
    [
      "an empty text",
      [{ text: "", label: "positive" }],
      "validation text 0: expected a text that has tokens",
    ],
    ["a long text", [{ text: "film ".repeat(40), label: "positive" }], "expected at most 16 tokens"],
  ])("refuses %s", async (_, validation, message) => {
    const said = await classify(gpt, { train: reviews, validation }, settings, {
      ...quiet(),
      tokenizer: bytes,
    }).then(String, String);
    expect(said).toContain(message);
  });
});

describe("labelled batches", () => {
  const some = [{ ids: [5, 6, 7, 8], class: 1 }, { ids: [5, 9], class: 0 }, { ids: [4], class: 1 }]; // prettier-ignore

  it("hold one text a row, and the last batch what is left", () => {
    const [first, last] = labelledSequence(some, { batchSize: 2, padId: 0 });
    expect([...first.inputs]).toEqual([5, 6, 7, 8, 5, 9, 0, 0]);
    expect([...first.segments!]).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
    expect([...first.targets, ...last.targets]).toEqual([1, 0, 1]);
    expect(last.batchSize).toBe(1);
  });

  it("lose tokens to dropout, never those to keep nor all of a text", () => {
    const loader = labelledBatches(some, { batchSize: 3, padId: 0, seed: 1, tokenDropout: 0.8, keep: [5] });
    for (let i = 0; i < 20; i++) {
      const { inputs, segments } = loader.next();
      expect(inputs.filter((id) => id === 5)).toHaveLength(2);
      expect(inputs.filter((id) => id === 4)).toHaveLength(1);
      expect([...segments!].every((mark, place) => (mark === 1) === (inputs[place] !== 0))).toBe(true);
    }
  });
});
