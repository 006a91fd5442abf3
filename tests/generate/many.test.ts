import { describe, expect, it } from "vitest";
import { generate, generateBatch, speculativeGenerate } from "../../lib/generate/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { GPT, RecurrentLM } from "../../lib/models/index.ts";

const config = { vocabSize: 9, contextLength: 32, layers: 2, heads: 2, width: 16 };
const model = new GPT(config, { seed: 1 });
// Larger weights than at the start: probabilities that are far from even.
for (const { variable } of model.parameters.groups) tf.tidy(() => variable.assign(variable.mul(6)));

const alone = async (prompt: number[], settings: object): Promise<number[]> => {
  const ids: number[] = [];
  for await (const { id } of generate(model, prompt, settings)) ids.push(id);
  return ids;
};

describe("several texts at once", () => {
  const prompts = [[1, 2, 3], [4], [5, 6, 7, 8, 0]]; // prettier-ignore

  it("are those that are written one by one", async () => {
    const rows = await generateBatch(model, prompts, { maxTokens: 12, seed: 7, temperature: 1 });
    for (const [row, { ids, logProbabilities, reason }] of rows.entries()) {
      expect(ids).toEqual(await alone(prompts[row], { maxTokens: 12, seed: 7 + row, temperature: 1 }));
      expect(logProbabilities.every((log) => log <= 0)).toBe(true);
      expect(reason).toBe("length");
    }
  });

  it("end each by itself", async () => {
    const rows = await generateBatch(model, prompts, { maxTokens: 20, seed: 1, temperature: 1, endToken: 2 });
    for (const { ids, reason } of rows) {
      expect(ids.indexOf(2)).toBe(reason === "end" ? ids.length - 1 : -1);
      expect(reason === "end" || ids.length === 20).toBe(true);
    }
    expect(rows.some(({ reason }) => reason === "end")).toBe(true);
  });

  it("have to fit into the context", async () => {
    await expect(generateBatch(model, prompts, { maxTokens: 30 })).rejects.toThrow(
      "got 5 + 30; lower maxTokens",
    );
    await expect(generateBatch(model, [[]], { maxTokens: 3 })).rejects.toThrow(
      "at least one token to go on from",
    );
    expect(await generateBatch(model, [], { maxTokens: 3 })).toEqual([]);
  });
});

describe("speculative decoding", () => {
  it("with the model as its own draft keeps every token", async () => {
    const { ids, passes, accepted } = await speculativeGenerate(model, model, [1, 2], {
      ...{ maxTokens: 15, drafted: 4, temperature: 1, seed: 3 },
    });
    expect(ids).toHaveLength(15);
    expect(accepted).toBe(1);
    expect(passes).toBe(3);
  });

  it("writes what the large model would at temperature 0, whatever the draft", async () => {
    const draft = new RecurrentLM({ vocabSize: 9, contextLength: 32, layers: 1, width: 8 }, { seed: 4 });
    const { ids } = await speculativeGenerate(model, draft, [3, 1], { maxTokens: 15, temperature: 0 });
    expect(ids).toEqual(await alone([3, 1], { maxTokens: 15, temperature: 0 }));
  });

  it("has the large model's distribution", async () => {
    const draft = new GPT(config, { seed: 9 });
    const [counts, expected] = [0, 1].map(() => new Array<number>(9).fill(0));
    for (let seed = 0; seed < 120; seed++) {
      const settings = { maxTokens: 1, temperature: 1, seed };
      counts[(await speculativeGenerate(model, draft, [1], settings)).ids[0]]++;
      expected[(await alone([1], settings))[0]]++;
    }
    counts.forEach((count, id) => expect(Math.abs(count - expected[id]), `token ${id}`).toBeLessThan(28));
  }, 120_000);

  it("needs a draft with the same vocabulary", async () => {
    const other = new GPT({ ...config, vocabSize: 8 });
    await expect(speculativeGenerate(model, other, [1])).rejects.toThrow(
      "expected a draft with vocabSize 9, got 8",
    );
  });
});
