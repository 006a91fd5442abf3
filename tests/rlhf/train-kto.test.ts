import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadTrainingState, loadWeights } from "../../lib/checkpoint/index.ts";
import { unpair } from "../../lib/data/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { withLora } from "../../lib/finetune/index.ts";
import { ktoWeights } from "../../lib/rlhf/kto/kto-config.ts";
import { ktoRows, spread } from "../../lib/rlhf/kto/kto-rows.ts";
import { encodeJudgements, rankingLogProbs, readJudgements, trainKto } from "../../lib/rlhf/index.ts";
import { CONTEXT, examples, tinyGPT, tokenizer } from "./pairs.ts";
import { watcher } from "./watcher.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "gradbook-"));
const text = { tokenizer, contextLength: CONTEXT };
const { judgements } = encodeJudgements(
  examples.flatMap((pair) => unpair({ kind: "preference", ...pair })),
  text,
);
const data = { train: judgements.slice(6), validation: judgements.slice(0, 6) };
const settings = { steps: 6, batchSize: 4, learningRate: 3e-3, warmupSteps: 0, evaluateEvery: 0 };

const logOf = (directory: string): Record<string, number | string>[] =>
  readFileSync(join(directory, "log.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Record<string, number>); // prettier-ignore

describe("judged answers", () => {
  it("become ids with their label; what teaches nothing is refused with its reason", () => {
    const good = { prompt: "a>", completion: "bc", label: true };
    const found = encodeJudgements([good, { ...good, completion: " " }, { ...good, completion: "bcdefgh", label: false }], text); // prettier-ignore
    expect(found.judgements).toEqual([{ prompt: tokenizer.encode("a>"), answer: tokenizer.encode("bc"), good: true }]); // prettier-ignore
    expect(found.refused).toEqual([
      { number: 1, reason: "the answer is empty" },
      { number: 2, reason: "the answer and its prompt have 9 tokens, more than the contextLength 8" },
    ]);
    expect(() => encodeJudgements([{ ...good, completion: "" }], { ...text, strict: true })).toThrow("judgement 0: expected an answer to learn from, got the answer is empty"); // prettier-ignore
    expect(() => encodeJudgements([], text)).toThrow("got none at all");
  });

  it("come from files with labels, and from pairs", async () => {
    const path = join(folder(), "thumbs.jsonl");
    writeFileSync(path, `{"prompt":"a>","completion":"b","label":false}\n{"prompt":"b>","chosen":"c","rejected":"a"}\n`); // prettier-ignore
    expect((await readJudgements(path)).map(({ completion, label }) => [completion, label])).toEqual([["b", false], ["c", true], ["a", false]]); // prettier-ignore
    writeFileSync(path, `{"prompt":"a>","completion":"b","label":"yes"}\n{"prompt":"a>","completion":"b"}\n`);
    await expect(readJudgements(path)).rejects.toThrow("2 lines that are not: line 1: label must be true or false · line 2: it has no label true or false, it is a prompt-completion"); // prettier-ignore
  });

  it("are measured against the next answer to another prompt, cut to the longest row", () => {
    const [a, b] = [tokenizer.encode("a>"), tokenizer.encode("abcd>")];
    const [short, long] = [tokenizer.encode("b."), tokenizer.encode("efgh.")];
    const list = [
      { prompt: a, answer: short, good: true },
      { prompt: a, answer: long, good: false },
      { prompt: b, answer: short, good: true },
    ];
    const rows = ktoRows(list);
    expect(rows.map(({ answers }) => answers[1])).toEqual([short, short, short]);
    expect(rows.map(({ answers }) => answers[0])).toEqual([short, long, short]);
    expect(ktoRows([list[2]], [list[2], list[1]])[0].answers[1]).toEqual(long.slice(0, 2));
    expect(() => ktoRows(list.slice(0, 2))).toThrow("expected answers to at least two prompts");
  });

  it("are spread so that good and bad ones take turns", () => {
    const kinds = spread([...data.train.filter(({ good }) => good), ...data.train.filter(({ good }) => !good).slice(0, 4)]).map(({ good }) => good); // prettier-ignore
    const half = Math.floor(kinds.length / 2);
    expect(kinds.slice(0, half).filter((good) => !good)).toHaveLength(2);
  });

  it("weigh as much on both sides, unless told otherwise", () => {
    const loss = { beta: 0.1, desirableWeight: 1, undesirableWeight: 1.5, balance: true };
    expect(ktoWeights(loss, { good: 10, bad: 40 })).toEqual({ desirableWeight: 4, undesirableWeight: 1.5 });
    expect(ktoWeights(loss, { good: 40, bad: 10 })).toEqual({ desirableWeight: 1, undesirableWeight: 6 });
    expect(ktoWeights({ ...loss, balance: false }, { good: 40, bad: 10 })).toEqual({ desirableWeight: 1, undesirableWeight: 1.5 }); // prettier-ignore
  });
});

describe("KTO", () => {
  it("begins at 1/2 with no distance, and comes to praise what is good; every weight changes", async () => {
    const policy = tinyGPT();
    const before = policy.parameters.read();
    const [directory, watch] = [folder(), watcher()];
    const few = judgements.slice(0, 8);
    await trainKto(policy, { train: few, validation: few }, { ...settings, steps: 60, batchSize: 8, learningRate: 1e-2 }, { observer: watch, directory }); // prettier-ignore
    const [first, last] = [watch.seen[0], watch.seen.at(-1)!];
    expect(first.loss).toBeCloseTo(0.5, 5);
    expect(first.kl).toBeCloseTo(0, 4);
    expect(last["rewards/chosen"]).toBeGreaterThan(0.1);
    expect(last["rewards/rejected"]).toBeLessThan(-0.1);
    expect(last["rewards/margins"]).toBeCloseTo(last["rewards/chosen"] - last["rewards/rejected"], 4);
    expect(last.loss).toBeLessThan(first.loss - 0.05);
    const after = policy.parameters.read();
    for (const name of Object.keys(before)) expect(after[name], name).not.toEqual(before[name]);
    const names = ["kl", "rewards/chosen", "rewards/rejected", "rewards/margins", "logps/chosen", "logps/rejected"]; // prettier-ignore
    for (const name of names) {
      expect(logOf(directory).find(({ event }) => event === "step")![name], name).toBeTypeOf("number");
      expect(logOf(directory).findLast(({ event }) => event === "evaluate")![`eval_${name}`], name).toBeTypeOf("number"); // prettier-ignore
    }
  });

  it("stays nearer to where it started with a larger β", async () => {
    const moved = async (beta: number): Promise<number> => {
      const policy = tinyGPT();
      const rows = ktoRows(data.train);
      const before = rankingLogProbs(policy, rows);
      await trainKto(policy, data, { ...settings, beta, steps: 100, learningRate: 1e-2 }, { observer: {}, directory: folder() }); // prettier-ignore
      const after = rankingLogProbs(policy, rows);
      return after.reduce((sum, [own], i) => sum + Math.abs(own - before[i][0]), 0) / rows.length;
    };
    expect(await moved(10)).toBeLessThan(0.5 * (await moved(0.1)));
  });

  it("rewards are β times how much likelier answers became", async () => {
    const policy = tinyGPT();
    const rows = ktoRows(data.validation);
    const before = rankingLogProbs(policy, rows);
    const directory = folder();
    await trainKto(policy, data, { ...settings, beta: 0.5, batchSize: 6 }, { observer: {}, directory });
    const after = rankingLogProbs(policy, rows);
    const gains = after.map(([own], i) => 0.5 * (own - before[i][0])).filter((_, i) => data.validation[i].good); // prettier-ignore
    const last = logOf(directory).findLast(({ event }) => event === "evaluate")!;
    expect(last["eval_rewards/chosen"]).toBeCloseTo(gains.reduce((sum, gain) => sum + gain, 0) / gains.length, 4); // prettier-ignore
  });

  it("stopped and resumed in its folder, it comes to the same bits", async () => {
    const whole = tinyGPT();
    await trainKto(whole, data, settings, { observer: {}, directory: folder() });
    const [half, directory] = [tinyGPT(), folder()];
    const run = await trainKto(half, data, settings, { observer: watcher(3), directory });
    expect([run.reason, run.step]).toEqual(["stopped", 3]);
    const rest = tinyGPT(9);
    loadWeights(rest, run.checkpoint);
    await trainKto(rest, data, settings, { observer: {}, directory, resume: loadTrainingState(run.checkpoint) }); // prettier-ignore
    expect(rest.parameters.read()).toEqual(whole.parameters.read());
  });

  it("with an adapter trains that alone, and leaves no tensor behind", async () => {
    const policy = withLora(tinyGPT(), { rank: 2 });
    const before = policy.parameters.read();
    const count = tf.memory().numTensors;
    await trainKto(policy, data, settings, { observer: {}, directory: folder() });
    expect(tf.memory().numTensors).toBe(count);
    const after = policy.parameters.read();
    for (const name of Object.keys(before)) {
      if (name.includes("lora_")) expect(after[name], name).not.toEqual(before[name]);
      else expect(after[name], name).toEqual(before[name]);
    }
  });

  it("refuses answers of one kind", async () => {
    const train = data.train.filter(({ good }) => good);
    await expect(trainKto(tinyGPT(), { ...data, train }, settings)).rejects.toThrow(`got ${train.length} good ones and 0 bad`); // prettier-ignore
  });
});
