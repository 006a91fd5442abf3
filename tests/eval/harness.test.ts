import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  answeringTask,
  choiceTask,
  codeTask,
  compareReports,
  essayTask,
  evaluable,
  evaluateTasks,
  EvaluationReport,
  javascriptFunctions,
  nextWordTask,
  perplexityTask,
  summarizingTask,
  translatingTask,
  type Evaluable,
  type Writing,
} from "../../lib/eval/index.ts";
import { randomWindows } from "../../lib/batches/index.ts";
import { tokenProbabilities, tokenScorer } from "../../lib/generate/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { trainCharTokenizer } from "../../lib/tokenizers/char.ts";
import { Trainer } from "../../lib/train/index.ts";

const TEXT = "the cat sat on the mat. the dog sat on the log. ".repeat(30);
const tokenizer = trainCharTokenizer(TEXT);
const config = { vocabSize: tokenizer.vocabSize, contextLength: 24, layers: 2, heads: 2, width: 32 };
const ids = tokenizer.encode(TEXT);
const trained = (() => {
  const model = new GPT(config, { seed: 1 });
  const loader = randomWindows(ids, { batchSize: 8, contextLength: 24, seed: 1 });
  const trainer = new Trainer(model, loader, { steps: 400, learningRate: 1e-2, warmupSteps: 10 });
  for (let i = 0; i < 400; i++) trainer.step();
  trainer.dispose();
  return model;
})();
const untrained = new GPT(config, { seed: 2 });
const [good, bad] = [evaluable(trained, tokenizer, "trained"), evaluable(untrained, tokenizer, "untrained")];
afterAll(() => [good, bad].forEach((model) => model.dispose()));

/** A model that answers from a list: for scoring alone. */
const parrot = (answers: Record<string, string>): Evaluable => ({
  name: "parrot",
  continuation: async (_, continuation) => Float32Array.of(-continuation.length),
  text: async (text) => new Float32Array(text.length).fill(-1),
  write: async (prompt: string, _: Writing) => answers[prompt] ?? "",
  dispose: () => undefined,
});

describe("the scores of tokens", () => {
  it("are those of one text at a time", () => {
    const scorer = tokenScorer(trained, 2);
    const texts = [[...ids.slice(0, 25)], [...ids.slice(7, 20)], [...ids.slice(3, 9)]]; // prettier-ignore
    scorer.score(texts).forEach(({ logProbabilities }, i) => {
      const expected = tokenProbabilities(trained, texts[i]);
      expect(logProbabilities.length).toBe(texts[i].length - 1);
      logProbabilities.forEach((log, place) => expect(Math.exp(log)).toBeCloseTo(expected[place], 5));
    });
    expect(() => scorer.score([[1]])).toThrow("expected texts of 2 to 25 tokens, got 1");
    scorer.dispose();
  });

  it("cover a text longer than the context, each token once", async () => {
    const logs = await good.text(TEXT.slice(0, 200));
    expect(logs.length).toBe(199);
    const loss = -logs.reduce((sum, log) => sum + log, 0) / 199;
    expect(loss).toBeLessThan(0.5);
    const short = await good.text(TEXT.slice(0, 20));
    short.forEach((log, i) => expect(log).toBeCloseTo(logs[i], 4));
  });

  it("of a continuation are the rest of the whole text's", async () => {
    const whole = await good.text("the cat sat");
    const tail = await good.continuation("the cat", " sat");
    expect([...tail].map((x) => x.toFixed(4))).toEqual([...whole.slice(-4)].map((x) => x.toFixed(4)));
  });
});

describe("tasks", () => {
  const tasks = [
    perplexityTask([TEXT.slice(0, 60), TEXT.slice(100, 180)]),
    nextWordTask(["the cat sat on the mat.", "the dog sat on the log."]),
    choiceTask("animals", [
      {
        prompt: "the cat sat on the ",
        choices: ["mat", "log", "xyz"].map((c) => c.replace("xyz", "ttt")),
        answer: 0,
      },
      { prompt: "the dog sat on the ", choices: ["mat", "log"], answer: 1 },
    ]),
  ];

  it("show what a model has learned", async () => {
    const report = await evaluateTasks(good, tasks, { samples: 100 });
    expect(report.metric("perplexity", "loss").value).toBeLessThan(0.5);
    expect(report.metric("next-word", "accuracy").value).toBe(1);
    expect(report.metric("animals", "accuracy").value).toBe(1);
    const { value, low, high } = report.metric("perplexity", "bits per byte");
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
    const shown = (report as never as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]();
    expect(shown["text/plain"]).toContain("next-word");
    expect(() => report.metric("next-word", "f1")).toThrow("expected one of perplexity/loss");
  });

  it("tell two models apart, also after a report was saved", async () => {
    const texts = Array.from({ length: 12 }, (_, i) => TEXT.slice(7 * i, 7 * i + 40));
    const [a, b] = await Promise.all(
      [good, bad].map((model) => evaluateTasks(model, [perplexityTask(texts)])),
    );
    const path = join(mkdtempSync(join(tmpdir(), "gradbook-")), "report.json");
    a.save(path);
    const [loss] = compareReports(EvaluationReport.load(path), b).metrics;
    expect(loss).toMatchObject({ task: "perplexity", metric: "loss" });
    expect(loss.difference).toBeLessThan(-1);
    expect(loss.pValue).toBeLessThan(0.01);
    expect(() => compareReports(a, new EvaluationReport("x", [], b.settings))).toThrow("got none in common");
  });

  it("score what was written", async () => {
    const report = await evaluateTasks(
      parrot({
        "2 + 2 =": "The 4!",
        "Say it: ": "the cat sat",
        "auf Deutsch: ": "die Katze saß auf der Matte",
      }),
      [
        answeringTask([{ prompt: "2 + 2 =", references: ["4", "four"] }]),
        summarizingTask([{ prompt: "Say it: ", references: ["the cats sat down"] }]),
        translatingTask([{ prompt: "auf Deutsch: ", references: ["die Katze saß auf der Matte"] }]),
        essayTask(["Write: "]),
      ],
    );
    const value = (task: string, metric: string): number => report.metric(task, metric).value;
    expect(value("answering", "exact match")).toBe(1);
    expect(value("summarizing", "rouge1")).toBeCloseTo((2 * 3) / 7, 6);
    expect(value("translating", "bleu")).toBeCloseTo(100, 6);
    expect(value("translating", "chrf")).toBeCloseTo(100, 6);
    expect(value("essay", "words")).toBe(0);
  });

  it("run code that was written, and only right code passes", async () => {
    const [add, even] = javascriptFunctions;
    const answers = { [add.prompt]: "  return a + b;\n}", [even.prompt]: "  return true;\n}" };
    const report = await evaluateTasks(parrot(answers), [codeTask([add, even])]);
    expect(report.metric("code", "pass@1").value).toBe(0.5);
    expect(report.results[0].answers.map(({ scores }) => scores["pass@1"])).toEqual([1, 0]);
  });

  it("take examples by the seed, and solved ones before the prompt", async () => {
    const seen: string[] = [];
    const model = { ...parrot({}), write: async (prompt: string) => (seen.push(prompt), "") };
    const examples = Array.from({ length: 20 }, (_, i) => ({ prompt: `${i}?`, references: [`${i}`] }));
    const task = answeringTask(examples, { shots: [{ prompt: "a?", references: ["b"] }] });
    await evaluateTasks(model, [task], { limit: 5, shots: 1, seed: 3, samples: 10 });
    expect(seen.length).toBe(5);
    expect(seen[0]).toMatch(/^a\?b\n\n\d+\?$/);
    const again = [...seen];
    seen.length = 0;
    await evaluateTasks(model, [task], { limit: 5, shots: 1, seed: 3, samples: 10 });
    expect(seen).toEqual(again);
    await expect(evaluateTasks(model, [task], { shots: 2 })).rejects.toThrow(
      "expected at least 2 solved examples, got 1",
    );
  });

  it("say what is wrong with them", () => {
    expect(() => perplexityTask([])).toThrow("perplexity: expected at least one example, got none");
    expect(() => choiceTask("c", [{ prompt: "a", choices: ["b"], answer: 1 }])).toThrow(
      "an answer among 1 choices",
    );
    const other = trainCharTokenizer("abcdefghijklmnopqrstuvwxyz0123456789");
    expect(() => evaluable(trained, other)).toThrow("expected a tokenizer of at most");
  });
});
