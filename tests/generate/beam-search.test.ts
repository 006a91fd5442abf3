import { describe, expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import { beamSearch, logProbabilities } from "../../lib/generate/index.ts";
import { GPT } from "../../lib/models/index.ts";

const model = new GPT({ vocabSize: 4, contextLength: 6, layers: 1, heads: 1, width: 8 }, { seed: 2 });
// Larger weights than at the start, so that the four tokens differ in likelihood.
const larger = Object.entries(model.parameters.read()).map(
  ([name, values]) => [name, values.map((value, i) => value + 0.5 * Math.sin(i))] as const,
);
model.parameters.write(Object.fromEntries(larger));

/** ln P(ids | prompt) by asking the model itself. */
function logProbabilityOf(prompt: number[], ids: number[]): number {
  return tf.tidy(() => {
    const rows = (
      model.logits(tf.tensor2d([[...prompt, ...ids]], undefined, "int32")).arraySync() as number[][][]
    )[0];
    return ids.reduce((sum, id, t) => sum + logProbabilities(rows[prompt.length - 1 + t])[id], 0);
  });
}

const ALL = Array.from({ length: 64 }, (_, n) => [n >> 4, (n >> 2) & 3, n & 3]);

describe("beam search", () => {
  it("with beams for every text finds the order of all texts", async () => {
    const found = await beamSearch(model, [1, 2], { beams: 64, maxTokens: 3, lengthPenalty: 0 });
    const expected = ALL.map((ids) => ({ ids, logProbability: logProbabilityOf([1, 2], ids) })).sort(
      (a, b) => b.logProbability - a.logProbability,
    );
    expect(found.length).toBe(64);
    expect(found[0].ids).toEqual(expected[0].ids);
    found.forEach(({ logProbability }, i) =>
      expect(logProbability).toBeCloseTo(expected[i].logProbability, 4),
    );
  });

  it("with one beam always takes the likeliest token", async () => {
    const [{ ids }] = await beamSearch(model, [1], { beams: 1, maxTokens: 4 });
    ids.forEach((id, t) => {
      const others = [0, 1, 2, 3].map((other) => logProbabilityOf([1, ...ids.slice(0, t)], [other]));
      expect(id).toBe(others.indexOf(Math.max(...others)));
    });
  });

  it("finishes texts at the end token", async () => {
    const found = await beamSearch(model, [1], { beams: 8, maxTokens: 3, endToken: 0 });
    expect(found.some(({ ids }) => ids.at(-1) === 0 && ids.length < 3)).toBe(true);
    for (const { ids } of found) expect(ids.slice(0, -1)).not.toContain(0);
  });

  it("divides by the length to the power of the penalty", async () => {
    const [{ ids, logProbability, score }] = await beamSearch(model, [1], {
      maxTokens: 3,
      lengthPenalty: 0.5,
    });
    expect(score).toBeCloseTo(logProbability / ids.length ** 0.5, 10);
  });

  it("refuses an empty prompt and settings out of range", async () => {
    await expect(beamSearch(model, [])).rejects.toThrow("at least one token to go on from");
    await expect(beamSearch(model, [1], { beams: 0 })).rejects.toThrow(
      "beams to be a whole number from 1 to 1000",
    );
  });
});
