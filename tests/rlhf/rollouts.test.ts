import { afterEach, describe, expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import { generateBatch } from "../../lib/generate/index.ts";
import {
  arithmeticReward,
  codeReward,
  encodePrompts,
  formatReward,
  rolloutsOf,
} from "../../lib/rlhf/index.ts";
import type { AnswerToReward, Reward, Rewards } from "../../lib/rlhf/index.ts";
import { rowLength } from "../../lib/rlhf/rollout/rows.ts";
import { drawToken } from "../../lib/rlhf/rollout/answer-sampler.ts";
import { trainBpe } from "../../lib/tokenizers/index.ts";
import { tinyGPT, tokenizer } from "./pairs.ts";

const limits = { maxTokens: 4, contextLength: 8 };
const endToken = tokenizer.encode(".")[0];
const format = { tokenizer, endToken };
const prompts = encodePrompts([{ prompt: "a>" }, { prompt: "bcd>" }, { prompt: "c>" }], format, limits);
const made: { dispose(): void }[] = [];
const rollouts = (rewards: Rewards = () => 0, more = {}) => {
  const policy = tinyGPT();
  const all = rolloutsOf(policy, { ...format, rewards, rows: 3, maxTokens: 4, rewardTimeout: 0.3, ...more });
  made.push(policy, all);
  return { policy, ...all };
};
afterEach(() => made.splice(0).forEach((one) => one.dispose()));

describe("a rollout", () => {
  it("writes the same answers for the same seed, others for another", async () => {
    const { roll } = rollouts();
    const [first, again, other] = [await roll(prompts, 7), await roll(prompts, 7), await roll(prompts, 8)];
    expect(again).toEqual(first);
    expect(other.map(({ ids }) => ids)).not.toEqual(first.map(({ ids }) => ids));
  });

  it("knows the log-probabilities that the model gave each token, and the reference's", async () => {
    const reference = tinyGPT();
    made.push(reference);
    const { roll } = rollouts(() => 0, { reference });
    for (const { ids, logps, refLogps } of await roll(prompts, 3)) {
      expect(logps).toHaveLength(ids.length);
      logps.forEach((logp, i) => expect(logp).toBeCloseTo(refLogps![i], 4));
    }
  });

  it("ends an answer at the end token, which its text leaves out, or after maxTokens", async () => {
    const { roll } = rollouts();
    const seen = new Set<boolean>();
    for (let seed = 0; seed < 12; seed++)
      for (const { ids, ended, text } of await roll(prompts, seed)) {
        seen.add(ended);
        expect(ids.indexOf(endToken)).toBe(ended ? ids.length - 1 : -1);
        expect(ended || ids.length === 4).toBe(true);
        expect(text).toBe(tokenizer.decode(ids).replace(/\.$/, ""));
      }
    expect(seen).toEqual(new Set([true, false]));
  });

  it("greedily writes what generate writes at temperature 0", async () => {
    const { policy, roll } = rollouts();
    const greedy = await roll(prompts, 0, { greedy: true });
    const written = await generateBatch(policy, prompts.map(({ ids }) => ids), { maxTokens: 4, temperature: 0, endToken }); // prettier-ignore
    expect(greedy.map(({ ids }) => ids)).toEqual(written.map(({ ids }) => ids));
  });

  it("follows the weights, and leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const { policy, roll } = rollouts();
    const [{ ids }] = await roll(prompts, 1, { greedy: true });
    policy.parameters.write(Object.fromEntries(Object.entries(policy.parameters.read()).map(([name, values]) => [name, values.map((v, i) => v + 0.5 * Math.sin(i))]))); // prettier-ignore
    const [after] = await roll(prompts, 1, { greedy: true });
    expect(after.ids).not.toEqual(ids);
    made.splice(0).forEach((one) => one.dispose());
    expect(tf.memory().numTensors).toBe(before);
  });

  it("draws tokens as often as their probabilities say", () => {
    const logits = Float32Array.from([Math.log(0.2), Math.log(0.5), Math.log(0.3)]);
    const drawn = [0, 0.1999, 0.2001, 0.6999, 0.7001, 0.99999].map((u) => drawToken(logits, u).id);
    expect(drawn).toEqual([0, 0, 1, 1, 2, 2]);
    expect(drawToken(logits).id).toBe(1);
    expect(drawToken(logits, 0.5).logp).toBeCloseTo(Math.log(0.5), 6);
  });

  it("has rows of few lengths", () => {
    expect([1, 16, 17, 25, 33, 49, 65].map((tokens) => rowLength(tokens, 1024))).toEqual([16, 16, 24, 32, 48, 64, 96]); // prettier-ignore
    expect(rowLength(17, 20)).toBe(20);
  });
});

describe("rewards", () => {
  it("are asked with prompt, answer and what the prompt came with, and added up by weight", async () => {
    const seen: AnswerToReward[] = [];
    const rewards: Record<string, Reward> = {
      length: async (answer) => (seen.push(answer), answer.answer.length),
      model: { score: (answers) => answers.map((_, i) => i) },
    };
    const answers = await rollouts(rewards, { rewardWeights: { model: 10 } }).roll(prompts, 1);
    expect(seen.map(({ prompt }) => prompt)).toEqual(["a>", "bcd>", "c>"]);
    expect(seen[1].example).toBe(prompts[1].example);
    answers.forEach(({ reward, parts, text }, i) => {
      expect(parts).toEqual({ length: text.length, model: i });
      expect(reward).toBe(text.length + 10 * i);
    });
  });

  it.each<[string, Rewards, string]>([
    ["says NaN", { good: () => NaN }, "reward good: expected a number for '"],
    ["is no number", { good: () => "many" as unknown as number }, ", got many"],
    ["throws", { good: () => { throw new Error("no luck"); } }, "got the error no luck"],
    ["rejects", { good: async () => { throw new Error("no luck"); } }, "got the error no luck"],
    ["never resolves", { good: () => new Promise<number>(() => undefined) }, "reward good: expected an answer within 0.3 s"],
    ["never returns", { good: () => { for (;;); } }, "reward good: expected an answer within 0.3 s"],
    ["scores too few", { good: { score: () => [1] } }, "expected 3 numbers, one for each answer, got 1"],
    ["has no rewards", {}, "expected at least one reward, got none"],
  ])("one that %s is an error that names it", async (_, rewards, message) => {
    await expect((async () => rollouts(rewards).roll(prompts, 1))()).rejects.toThrow(message);
  }); // prettier-ignore

  const ask = (answer: string, example: object = {}): AnswerToReward => {
    const whole = { prompt: "function add(a, b) {", ...example };
    return { prompt: whole.prompt, answer, ids: [], ended: true, example: whole };
  };

  it("of arithmetic want the exact number", () => {
    const reward = arithmeticReward();
    const values = ["19", " 19 ", "19.0", "019", "1 9", "18", "", "is 19"].map((text) => reward(ask(text, { answer: 19 }))); // prettier-ignore
    expect(values).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(arithmeticReward({ part: "last" })(ask("7 + 12 is 1,019", { answer: "1019" }))).toBe(1);
    expect(() => reward(ask("1"))).toThrow("expected a number as answer of the prompt");
  });

  it("of format want the pattern, each time anew", () => {
    const reward = formatReward(/^<b>\w+<\/b>$/g);
    expect(["<b>yes</b>", "<b>yes</b>", "<b></b>", "yes"].map((text) => reward(ask(text)))).toEqual([1, 1, 0, 0]); // prettier-ignore
  });

  it("of code are the share of tests passed in the sandbox, whatever the code does", async () => {
    const reward = codeReward({ timeout: 200 });
    const tests = ["if (add(2, 3) !== 5) throw new Error()", "if (add(0, 0) !== 0) throw new Error()"];
    const codes = ["return a + b }", "return 0 }", "for (;;); }", "process.exit() }", "} `"];
    const values = await Promise.all(codes.map((code) => reward(ask(code, { tests }))));
    expect(values).toEqual([1, 0.5, 0, 0, 0]);
    await expect(reward(ask("", {}))).rejects.toThrow("expected JavaScript as tests of the prompt");
  });
});

describe("prompts", () => {
  it.each<[string, { prompt: string }[], string]>([
    ["no prompt", [], "prompts: expected at least one, got none"],
    ["an empty one", [{ prompt: "a>" }, { prompt: "" }], "prompt 1: expected at least one token"],
    ["one that leaves no room", [{ prompt: "abcde" }], "together, the model's contextLength, got 5 + 4; lower maxTokens"],
  ])("%s is an error before anything is written", (_, examples, message) => {
    expect(() => encodePrompts(examples, format, limits)).toThrow(message);
  }); // prettier-ignore

  it("of a conversation end with what the template writes before an answer", () => {
    const chat = trainBpe(["now? user assistant"], { vocabSize: 280, special: ["<|im_start|>", "<|im_end|>"] }); // prettier-ignore
    const [{ ids }] = encodePrompts([{ prompt: "now?" }], { tokenizer: chat, format: "chatml" }, { maxTokens: 4, contextLength: 64 }); // prettier-ignore
    expect(chat.decode(ids)).toContain("now?");
    expect(chat.decode(ids).endsWith("assistant\n")).toBe(true);
  });
});
