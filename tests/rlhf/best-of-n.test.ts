/** The best of n answers, what is learned from them, and when choosing by a judge goes too far. */
import { describe, expect, it } from "vitest";
import { bestOfN, bestOfNKl, overOptimization, overOptimizationChart, rejectionSampled, type ScoredAnswer } from "../../lib/rlhf/index.ts"; // prettier-ignore
import { tinyGPT, tokenizer } from "./pairs.ts";

const answer = (text: string, reward: number, finished = true): ScoredAnswer => ({ text, reward, finished, logp: -1, ids: [1] }); // prettier-ignore

describe("the best of n", () => {
  const model = tinyGPT();
  const length = {
    score: (list: readonly { answer: string }[]) => list.map(({ answer: text }) => text.length),
  };

  it("is sorted by a reward that sees each answer with its prompt", async () => {
    const seen: { prompt: string; answer: string }[] = [];
    const scorer = {
      score: async (list: readonly { prompt: string; answer: string }[]) => {
        seen.push(...list);
        return list.map(({ answer: text }) => text.charCodeAt(0));
      },
    };
    const found = await bestOfN(model, ["a>", "b>"], { tokenizer, n: 5, maxTokens: 3, seed: 2, scorer, suffix: "!" }); // prettier-ignore
    expect(seen.map(({ prompt }) => prompt)).toEqual([...Array(5).fill("a>"), ...Array(5).fill("b>")]);
    expect(seen.every(({ answer: text }) => text.endsWith("!"))).toBe(true);
    for (const list of found) {
      const rewards = list.map(({ reward }) => reward);
      expect(rewards).toEqual(rewards.toSorted((a, b) => b - a));
      for (const { text, reward } of list) expect(text.charCodeAt(0)).toBe(reward);
    }
  });

  it("refuses rewards that are none, and too few", async () => {
    const options = { tokenizer, n: 2, maxTokens: 2 };
    await expect(bestOfN(model, ["a>"], { ...options, scorer: { score: () => [1, NaN] } })).rejects.toThrow("expected a reward that is a number, got NaN"); // prettier-ignore
    await expect(bestOfN(model, ["a>"], { ...options, scorer: { score: () => [1] } })).rejects.toThrow("expected 2 rewards, one for each answer, got 1"); // prettier-ignore
    expect((await bestOfN(model, ["a>"], { ...options, scorer: length }))[0]).toHaveLength(2);
  });

  it("becomes examples to learn from: finished, not empty, good enough", () => {
    const scored = [
      [answer("cut off", 9, false), answer("good", 3), answer("fair", 2)],
      [answer(" ", 5), answer("poor", 0)],
    ];
    expect(rejectionSampled(["p", "q"], scored, { atLeast: 1 })).toEqual([{ kind: "prompt-completion", prompt: "p", completion: "good" }]); // prettier-ignore
    expect(rejectionSampled(["p", "q"], scored, { keep: 2 }).map(({ completion }) => completion)).toEqual(["good", "fair", "poor"]); // prettier-ignore
    expect(() => rejectionSampled(["p"], scored)).toThrow("expected answers to 1 prompts, got 2");
  });

  it("lies ln n − (n − 1)/n from the model", () => {
    expect(bestOfNKl(1)).toBe(0);
    expect(bestOfNKl(4)).toBeCloseTo(0.636294, 6);
  });
});

describe("over-optimization", () => {
  it("takes the mean over all ways to choose, worked out by hand", () => {
    // Pairs of (1, 2, 4): the better by proxy is 2 once and 4 twice; of all three it is 4.
    const list = [4, 1, 2].map((proxy) => ({ proxy, gold: -proxy }));
    const { points } = overOptimization([list]);
    [7 / 3, 10 / 3, 4].forEach((proxy, i) => expect(points[i].proxy).toBeCloseTo(proxy, 12));
    points.forEach(({ proxy, gold }) => expect(gold).toBeCloseTo(-proxy, 12));
    expect(points.map(({ n }) => n)).toEqual([1, 2, 3]);
  });

  it("warns when the truth falls while the judge's reward rises, and not when both rise", () => {
    const good = [0, 1, 2, 3].map((proxy) => ({ proxy, gold: proxy }));
    expect(overOptimization([good, good]).warning).toBeUndefined();
    const fooled = [0, 1, 2, 3].map((proxy) => ({ proxy, gold: proxy === 3 ? -5 : proxy }));
    const { warning, peak } = overOptimization([fooled]);
    expect(peak.n).toBe(1);
    expect(warning).toMatch(
      /^over-optimized: from the best of 1 to the best of 4 the judge's reward rises by 1\.50, the truth falls by/,
    );
  });

  it("is drawn against the distance, and refuses uneven lists", () => {
    const list = [0, 1].map((proxy) => ({ proxy, gold: proxy }));
    const chart = overOptimizationChart(overOptimization([list])) as object as { [key: symbol]: () => Record<string, { data: { x: number[] }[] }> }; // prettier-ignore
    const { data } = chart[Symbol.for("Jupyter.display")]()["application/vnd.plotly.v1+json"];
    expect(data[1].x).toEqual([0, bestOfNKl(2)]);
    expect(() => overOptimization([list, list.slice(1)])).toThrow("expected 2 answers to prompt 1, as to the others, got 1"); // prettier-ignore
    expect(() => overOptimization([[{ proxy: NaN, gold: 1 }]])).toThrow("expected numbers for the answers to prompt 0"); // prettier-ignore
  });
});
