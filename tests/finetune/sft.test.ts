/** Supervised fine-tuning: files that do and do not fit, and a model that learns to answer. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { setRandomState } from "../../lib/engine/index.ts";
import { readConversations, sft, type SftOptions } from "../../lib/finetune/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { trainBpe } from "../../lib/tokenizers/index.ts";
import type { Conversation, Message } from "../../lib/data/format/examples.ts";

const folder = mkdtempSync(join(tmpdir(), "gradbook-"));
const said = (...turns: [Message["role"], string][]): Conversation => ({
  kind: "conversation",
  messages: turns.map(([role, content]) => ({ role, content })),
});
const conversations = [
  said(["user", "ping"], ["assistant", "pong"]),
  said(["user", "hello"], ["assistant", "there"]),
  said(["system", "be kind"], ["user", "hello"], ["assistant", "there"]),
];
const tokenizer = trainBpe(["ping pong hello there user assistant system be kind ".repeat(20)], {
  vocabSize: 300,
  special: ["<|im_start|>", "<|im_end|>"],
});
const small = { vocabSize: tokenizer.vocabSize, contextLength: 32, layers: 1, heads: 2, width: 32 };
const data = { train: conversations, validation: conversations };
const quiet = (more: Partial<SftOptions> = {}): SftOptions => ({
  ...{ tokenizer, observer: {} },
  directory: mkdtempSync(join(tmpdir(), "gradbook-")),
  ...more,
});
const file = (name: string, records: (object | string)[]): string => {
  const path = join(folder, name);
  writeFileSync(
    path,
    records.map((record) => (typeof record === "string" ? record : JSON.stringify(record))).join("\n"),
  );
  return path;
};

describe("reading conversations", () => {
  it("takes OpenAI's and TRL's records", async () => {
    const path = file("good.jsonl", [
      { messages: conversations[2].messages },
      { prompt: "ping", completion: "pong" },
      { prompt: "ping", chosen: "pong", rejected: "ping" },
    ]);
    const read = await readConversations(path);
    expect(read.map(({ messages }) => messages.map(({ role }) => role))).toEqual([
      ["system", "user", "assistant"],
      ["user", "assistant"],
      ["user", "assistant"],
    ]);
    expect(read[2].messages[1].content).toBe("pong");
  });

  it("names the line and what is wrong with it", async () => {
    const path = file("bad.jsonl", [
      { messages: [{ role: "user", content: "hi" }, { role: "assistant", content: "  " }] }, // prettier-ignore
      { messages: [{ role: "owner", content: "hi" }] },
      { messages: [{ role: "assistant", content: "hi" }] },
      { text: "plain" },
      "{",
    ]);
    const message = await readConversations(path).then(String, String);
    expect(message).toContain("5 lines that are not");
    expect(message).toContain("line 1: messages[1]: the assistant's answer is empty");
    expect(message).toContain('line 2: messages[0].role must be one of system, developer, user, assistant, tool, got "owner"'); // prettier-ignore
    expect(message).toContain("line 3: the first turn must be the user's, got assistant");
    expect(message).toContain("line 4: has no answer to learn: it is plain text");
    expect(message).toContain("line 5: invalid JSON");
  });
});

describe("sft", () => {
  it("learns the answers and reports TRL's numbers; an adapter on it learns others and leaves it alone", async () => {
    const constant = { training: { schedule: "constant", warmupSteps: 0 } } as const;
    const base = new GPT(small, { seed: 1 });
    const settings = { epochs: 40, batchSize: 1, learningRate: 1e-2 } as const;
    const { model, run, encoded } = await sft(base, data, settings, quiet(constant));
    expect(encoded).toMatchObject({ conversations: 3, cut: 0, leftOut: 0 });
    expect(model).toBe(base);
    const lines = readFileSync(join(run.directory, "log.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line)); // prettier-ignore
    const steps = lines.filter(({ event }) => event === "step");
    expect(steps[0].mean_token_accuracy).toBeLessThan(0.3);
    expect(steps[0].entropy).toBeGreaterThan(5);
    expect(steps.at(-1).mean_token_accuracy).toBe(1);
    const looks = lines.filter(({ event }) => event === "evaluate");
    expect(looks.at(-1)).toMatchObject({ eval_mean_token_accuracy: 1 });
    expect(run.eval_loss).toBeLessThan(0.1);

    const before = base.parameters.read();
    const others = [
      said(["user", "ping"], ["assistant", "there"]),
      said(["user", "hello"], ["assistant", "pong"]),
    ];
    const taught = await sft(base, { train: others, validation: others }, { ...settings, adapter: "lora" }, quiet(constant)); // prettier-ignore
    expect(taught.run.eval_loss).toBeLessThan(0.3);
    expect(base.parameters.read()).toEqual(before);
    expect(taught.model.parameters.count).toBeLessThan(base.parameters.count);
  });

  it("goes on to the same bits, with noise on the embeddings", async () => {
    const settings = { batchSize: 1, neftuneAlpha: 5 };
    setRandomState(7);
    const whole = await sft(new GPT(small, { seed: 1 }), data, { ...settings, epochs: 4 }, quiet({ training: { schedule: "constant" } })); // prettier-ignore
    setRandomState(7);
    const half = await sft(new GPT(small, { seed: 1 }), data, { ...settings, epochs: 2 }, quiet({ training: { schedule: "constant", warmupSteps: 1 } })); // prettier-ignore
    const rest = await sft(new GPT(small, { seed: 1 }), data, { ...settings, epochs: 4 }, quiet({ training: { schedule: "constant", warmupSteps: 1 }, resume: half.run.checkpoint })); // prettier-ignore
    expect(rest.run.step).toBe(whole.run.step);
    expect(rest.model.parameters.read()).toEqual(whole.model.parameters.read());
  });

  it("keeps parts of the model by the patterns of their names", async () => {
    const base = new GPT(small, { seed: 1 });
    const before = base.parameters.read();
    const { model } = await sft(base, data, { freeze: "wte.*, h.0.attn.*", batchSize: 1 }, quiet());
    const after = model.parameters.read();
    for (const name of Object.keys(before)) {
      if (/^(wte|h\.0\.attn)\./.test(name)) expect(after[name], name).toEqual(before[name]);
      else expect(after[name], name).not.toEqual(before[name]);
    }
  });

  it("says what does not fit, and with which conversation", async () => {
    const base = new GPT(small, { seed: 1 });
    const failing = (train: Conversation[], settings = {}): Promise<string> =>
      sft(base, { ...data, train }, { batchSize: 1, ...settings }, quiet()).then(String, String);
    const long = said(["user", "hello ".repeat(40)], ["assistant", "there"]);
    expect(await failing([conversations[0], long])).toContain(
      "sft train conversation 1: expected at most 32 tokens",
    );
    expect(await failing([said(["assistant", "there"])])).toContain("the first turn must be the user's");
    expect(await failing([said(["user", "hi"], ["assistant", ""])])).toContain(
      "the assistant's answer is empty",
    );
    expect(await failing(conversations, { freeze: "h.7.*" })).toContain(
      "expected a pattern that fits a weight",
    );
    expect(await failing(conversations, { freeze: "*" })).toContain("expected something left to train");
    expect(await failing(conversations, { freeze: "wte.*", adapter: "lora" })).toContain(
      "freezes all but its own weights",
    );
    await expect(sft(base, data, { epochs: 1 }, quiet({ lora: { rank: 4 } }))).rejects.toThrow(
      'expected lora\'s settings with an adapter, got rank and adapter "none"; add adapter: "lora"',
    );
    const left = await sft(base, { ...data, train: [conversations[0], long] }, { tooLong: "leave out", batchSize: 1, epochs: 1 }, quiet()); // prettier-ignore
    expect(left.encoded.conversations).toBe(1);
  });
});
