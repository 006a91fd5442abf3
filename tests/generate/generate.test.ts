import { describe, expect, it } from "vitest";
import {
  candidates,
  draw,
  generate,
  generateText,
  logProbabilities,
  tokenProbabilities,
} from "../../lib/generate/index.ts";
import { cachedPredictor } from "../../lib/generate/cached-predictor.ts";
import { windowPredictor } from "../../lib/generate/window-predictor.ts";
import { tf } from "../../lib/engine/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { trainCharTokenizer } from "../../lib/tokenizers/char.ts";

const plain = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 };
/** Scores whose probabilities are 0.4, 0.3, 0.2, 0.1 for ids 2, 0, 3, 1. */
const LOGITS = [0.3, 0.1, 0.4, 0.2].map(Math.log);
const found = (settings: Partial<typeof plain>, written: number[] = []): [number, number][] =>
  candidates(LOGITS, { ...plain, ...settings }, written).map(({ id, probability }) => [
    id,
    Number(probability.toFixed(4)),
  ]);

describe("the tokens that may be drawn", () => {
  it("are all, with the model's probabilities, when nothing is set", () => {
    expect(found({})).toEqual([[2, 0.4], [0, 0.3], [3, 0.2], [1, 0.1]]); // prettier-ignore
  });

  it("are only the likeliest at temperature 0", () => {
    expect(found({ temperature: 0 })).toEqual([[2, 1]]);
  });

  it("grow apart when it is cold and alike when it is hot", () => {
    // Squares of 4, 3, 2, 1 over 30.
    expect(found({ temperature: 0.5 })).toEqual([[2, 0.5333], [0, 0.3], [3, 0.1333], [1, 0.0333]]); // prettier-ignore
    expect(found({ temperature: 5 })[0][1]).toBeLessThan(0.3);
  });

  it("are cut by top-k, top-p and min-p", () => {
    expect(found({ topK: 2 })).toEqual([[2, 0.5714], [0, 0.4286]]); // prettier-ignore
    expect(found({ topP: 0.65 })).toEqual([[2, 0.5714], [0, 0.4286]]); // prettier-ignore
    expect(found({ topP: 0.01 })).toEqual([[2, 1]]);
    expect(found({ minP: 0.6 })).toEqual([[2, 0.5714], [0, 0.4286]]); // prettier-ignore
  });

  it("are less likely when they were written before", () => {
    // All scores are negative here, so the penalty doubles them: 0.4² = 0.16.
    expect(found({ repetitionPenalty: 2 }, [2, 2])).toEqual([[0, 0.3947], [3, 0.2632], [2, 0.2105], [1, 0.1316]]); // prettier-ignore
  });

  it("are drawn in proportion", () => {
    const four = candidates(LOGITS, plain);
    expect([0, 0.39, 0.41, 0.69, 0.71, 0.95, 1].map((u) => draw(four, u).id)).toEqual([2, 2, 0, 0, 3, 1, 1]);
  });

  it("have log-probabilities that sum to one", () => {
    expect([...logProbabilities(LOGITS.map((x) => x + 900))].map((x) => Math.exp(x).toFixed(4))).toEqual([
      "0.3000",
      "0.1000",
      "0.4000",
      "0.2000",
    ]);
  });
});

describe("generation", () => {
  const tokenizer = trainCharTokenizer("abcdefgh");
  const model = new GPT({ vocabSize: 8, contextLength: 6, layers: 1, heads: 2, width: 8 }, { seed: 1 });
  const write = (settings = {}): Promise<string> =>
    generateText(model, tokenizer, "abc", { maxTokens: 20, ...settings });

  it("writes the same for the same seed, and something else for another", async () => {
    const text = await write({ seed: 1 });
    expect(text).toMatch(/^abc[a-h]{20}$/);
    expect(await write({ seed: 1 })).toBe(text);
    expect(await write({ seed: 2 })).not.toBe(text);
  });

  it("takes the likeliest token at temperature 0, also beyond the context", async () => {
    const ids = [0, 1, 2];
    for await (const { id, logProbability } of generate(model, ids.slice(), {
      maxTokens: 8,
      temperature: 0,
    })) {
      const scores = tf.tidy(() => {
        const window = ids.slice(-6);
        const logits = model.logits(tf.tensor2d([window], undefined, "int32")).arraySync() as number[][][];
        return logits[0][window.length - 1];
      });
      expect(id).toBe(scores.indexOf(Math.max(...scores)));
      expect(logProbability).toBeCloseTo(logProbabilities(scores)[id], 4);
      ids.push(id);
    }
    expect(ids.length).toBe(11);
  });

  it("finds the same scores with a key–value cache as without, also beyond the context", () => {
    const [cached, plainly] = [cachedPredictor(model), windowPredictor(model)];
    const text = [3, 1, 4, 1, 5, 2, 6, 5];
    for (let length = 2; length <= text.length; length++) {
      const [ours, expected] = [cached, plainly].map((predictor) => predictor.logits(text.slice(0, length)));
      ours.forEach((score, id) => expect(score, `token ${id} after ${length}`).toBeCloseTo(expected[id], 5));
    }
    // Another text is not a continuation: it is read from its beginning.
    const other = [7, 1, 4, 1];
    cached.logits(other).forEach((score, id) => expect(score).toBeCloseTo(plainly.logits(other)[id], 5));
    cached.dispose();
    plainly.dispose();
  });

  it("hands over each piece as it comes", async () => {
    const pieces: string[] = [];
    const text = await write({ onText: (piece: string) => pieces.push(piece), seed: 3 });
    expect(pieces.length).toBe(21);
    expect(pieces.join("")).toBe(text);
  });

  it("ends before a stop string", async () => {
    const text = await write({ seed: 3 });
    const stop = text.slice(8, 10);
    const pieces: string[] = [];
    const cut = await write({ seed: 3, stop: [stop], onText: (piece: string) => pieces.push(piece) });
    expect(cut).toBe(text.slice(0, text.indexOf(stop, 3)));
    expect(pieces.join("")).toBe(cut);
  });

  it("stops when its signal is aborted", async () => {
    const controller = new AbortController();
    const onText = (): void => controller.abort();
    expect((await write({ onText, signal: controller.signal })).length).toBe(4);
  });

  it("says how likely each token of a text was", () => {
    const probabilities = tokenProbabilities(model, [0, 1, 2, 3]);
    expect(probabilities.length).toBe(3);
    const row = tf.tidy(
      () =>
        (
          tf.softmax(model.logits(tf.tensor2d([[0, 1, 2]], undefined, "int32"))).arraySync() as number[][][]
        )[0],
    );
    [1, 2, 3].forEach((id, t) => expect(probabilities[t]).toBeCloseTo(row[t][id], 5));
    expect(() => tokenProbabilities(model, [1])).toThrow("expected from 2 to 7 tokens, got 1");
  });

  it("leaves no tensors behind", async () => {
    const before = tf.memory().numTensors;
    await write();
    tokenProbabilities(model, [0, 1]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("names what is wrong", async () => {
    await expect(generateText(model, tokenizer, "", {})).rejects.toThrow("at least one token to go on from");
    await expect(generateText(model, tokenizer, "x", {})).rejects.toThrow("got 'x'");
    await expect(write({ topk: 3 })).rejects.toThrow("did you mean topK?");
    await expect(write({ temperature: -1 })).rejects.toThrow("temperature to be a number from 0 to 5");
    await expect(generate(model, [9]).next()).rejects.toThrow("with ids below 8, got 9");
  });
});
