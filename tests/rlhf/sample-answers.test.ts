import { expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import { rankingLogProbs, sampleAnswers } from "../../lib/rlhf/index.ts";
import { tinyGPT, tokenizer } from "./pairs.ts";

const model = tinyGPT();
const prompts = ["a>", "b>", "cd>"];

it("writes as many answers to each prompt, the same whatever number is written at a time", async () => {
  const tensors = tf.memory().numTensors;
  const answers = await sampleAnswers(model, prompts, { tokenizer, n: 3, maxTokens: 4, seed: 5 });
  expect(answers.map(({ length }) => length)).toEqual([3, 3, 3]);
  const four = await sampleAnswers(model, prompts, { tokenizer, n: 3, maxTokens: 4, seed: 5, rows: 4 });
  expect(four.map((list) => list.map(({ text }) => text))).toEqual(answers.map((list) => list.map(({ text }) => text))); // prettier-ignore
  expect(new Set(answers.flat().map(({ text }) => text)).size).toBeGreaterThan(5);
  expect(tf.memory().numTensors).toBe(tensors);
});

it("says how likely each was, and whether it came to an end, which is not part of the text", async () => {
  const endToken = tokenizer.encode(".")[0];
  const [answers] = await sampleAnswers(model, ["a>"], { tokenizer, n: 20, maxTokens: 6, endToken, temperature: 1 }); // prettier-ignore
  const ended = answers.filter(({ finished }) => finished);
  expect(ended.length).toBeGreaterThan(0);
  for (const { text, ids, finished } of answers) {
    expect(text).not.toContain(".");
    expect(ids.at(-1) === endToken).toBe(finished);
  }
  const [one, two] = answers;
  const ranking = { prompt: tokenizer.encode("a>"), answers: [one, two].map(({ ids }) => Uint32Array.from(ids)) }; // prettier-ignore
  const [logps] = rankingLogProbs(model, [ranking]);
  expect(one.logp).toBeCloseTo(logps[0], 4);
  expect(two.logp).toBeCloseTo(logps[1], 4);
});

it("refuses no answers, and prompts that leave no room", async () => {
  await expect(sampleAnswers(model, prompts, { tokenizer, n: 0 })).rejects.toThrow("expected n of at least 1, got 0"); // prettier-ignore
  await expect(sampleAnswers(model, prompts, { tokenizer, maxTokens: 30 })).rejects.toThrow("expected prompts and texts of at most 8 tokens together"); // prettier-ignore
  expect(await sampleAnswers(model, [], { tokenizer })).toEqual([]);
});
