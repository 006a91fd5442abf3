/** Training, writing and judging from the command line, on a text small enough for seconds. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { gradbook } from "./gradbook.ts";

const folder = mkdtempSync(join(tmpdir(), "gradbook-cli-"));
const book = join(folder, "book.txt");
writeFileSync(book, "the cat sat on the mat. the dog sat on the log. ".repeat(60));
const run = join(folder, "run");
const NANO = [
  "--preset",
  "nano",
  "--layers",
  "1",
  "--width",
  "32",
  "--batch-size",
  "4",
  "--max-batches",
  "2",
];
let ended: { reason: string; step: number; eval_loss: number; checkpoint: string };

beforeAll(async () => {
  const words = ["train", book, ...NANO, "--steps", "60", "--learning-rate", "0.01", "--out", run, "--json"];
  const { code, stdout, stderr } = await gradbook(words);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  ended = JSON.parse(stdout);
});

describe("gradbook train", () => {
  test("learns, and leaves a run with its log and checkpoint", () => {
    expect(ended).toMatchObject({ reason: "finished", step: 60 });
    expect(ended.eval_loss).toBeLessThan(2);
    for (const name of ["log.jsonl", "run.json", "tokenizer.json", "checkpoint/manifest.json"])
      expect(existsSync(join(run, name)), name).toBe(true);
  });

  test("goes on with a run, without being told its text again", async () => {
    const { code, stdout } = await gradbook(["train", "--resume", run, "--steps", "80", "--json"]);
    expect(code).toBe(0);
    const more = JSON.parse(stdout);
    expect(more).toMatchObject({ reason: "finished", step: 80 });
    expect(more.eval_loss).toBeLessThan(ended.eval_loss + 0.2);
    const events = readFileSync(join(run, "log.jsonl"), "utf8").trim().split("\n");
    expect(events.filter((line) => line.includes('"event":"start"'))).toHaveLength(2);
  });

  test("says what does not fit", async () => {
    const failing = async (words: string[]): Promise<string> => (await gradbook(["train", ...words])).stderr;
    expect(await failing(["no-such-book"])).toContain(
      "expected a text file, or the name of a data set, got no-such-book",
    );
    expect(await failing([book, "--learning-rate", "fast"])).toContain("learningRate");
    expect(await failing([book, "--lerning-rate", "1"])).toContain("did you mean --learning-rate?");
    expect(await failing([book, "--model", "gtp"])).toContain(
      "--model expects gpt, modern, recurrent, got gtp",
    );
    expect(await failing([book, "--tokenizer", "bep"])).toContain("expected char, bpe:SIZE");
    expect(await failing(["--resume", folder])).toContain('expected a run of "gradbook train"');
    expect(await failing(["--resume", run, "--layers", "9"])).toContain(
      "--layers cannot change in a resumed run",
    );
    expect(await failing(["--resume", run, "--batch-size", "9"])).toContain("--batch-size cannot change in a resumed run"); // prettier-ignore
    const damaged = join(folder, "damaged");
    mkdirSync(damaged);
    writeFileSync(join(damaged, "run.json"), '{"data": "mo');
    expect(await failing(["--resume", damaged])).toContain(`expected the settings of a run in ${join(damaged, "run.json")}`); // prettier-ignore
  });
});

describe("gradbook generate", () => {
  test("writes on from a prompt, the same for the same seed", async () => {
    const words = ["generate", run, "--prompt", "the cat", "--max-tokens", "20", "--seed", "3"];
    const { code, stdout } = await gradbook(words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^the cat[a-z. <>]+\n$/);
    const again = JSON.parse((await gradbook([...words, "--json"])).stdout);
    expect(`${again.text}\n`).toBe(stdout);
  });

  test("needs a model and a prompt", async () => {
    expect((await gradbook(["generate", run])).stderr).toContain("expected --prompt TEXT");
    expect((await gradbook(["generate", folder, "--prompt", "a"])).stderr).toContain(
      "expected a checkpoint folder",
    );
  });
});

describe("gradbook eval", () => {
  test("measures a model with intervals, and compares two", async () => {
    const other = join(folder, "other");
    await gradbook(["train", book, ...NANO, "--steps", "2", "--out", other, "--json"]);
    const tasks = ["--tasks", `perplexity:${book}`, "--limit", "2"];
    const { code, stdout } = await gradbook(["eval", run, other, ...tasks]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^run\n/);
    expect(stdout).toContain("bits per byte");
    expect(stdout).toContain("run against other");
    const out = join(folder, "report.json");
    const json = JSON.parse((await gradbook(["eval", run, ...tasks, "--json", "--out", out])).stdout);
    expect(json[0].results[0].metrics[0]).toMatchObject({ name: "loss" });
    expect(JSON.parse(readFileSync(out, "utf8"))[0].results[0].answers).toHaveLength(1);
  });

  test("knows its tasks", async () => {
    expect((await gradbook(["eval", run, "--tasks", "perplexty"])).stderr).toContain(
      "did you mean perplexity?",
    );
    expect((await gradbook(["eval"])).stderr).toContain("expected one MODEL, or two to compare");
  });
});

describe("gradbook finetune", () => {
  const chats = join(folder, "chats.jsonl");
  const chat = (question: string, answer: string): string =>
    JSON.stringify({ messages: [{ role: "user", content: question }, { role: "assistant", content: answer }] }); // prettier-ignore
  writeFileSync(chats, [chat("the cat", "sat."), chat("the dog", "sat on.")].join("\n"));

  test("lists its methods, and explains each by its settings", async () => {
    const { code, stdout } = await gradbook(["finetune", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: gradbook finetune COMMAND");
    expect(stdout).toContain("sft");
    const help = (await gradbook(["help", "finetune", "sft"])).stdout;
    expect(help).toContain("--neftune-alpha N");
    expect(help).toContain("--rank N");
    const dpo = (await gradbook(["help", "finetune", "dpo"])).stdout.replaceAll(/\s+/g, " ");
    expect(dpo).toContain("--label-smoothing N Share of pairs thought to be the wrong way round");
    const unused = await gradbook(["finetune", "kto", run, chats, "--label-smoothing", "0.1"]);
    expect(unused.stderr).toContain("unknown option --label-smoothing");
    const { stderr, code: wrong } = await gradbook(["finetune", "sftt"]);
    expect(wrong).toBe(2);
    expect(stderr).toContain('unknown command sftt; did you mean "gradbook finetune sft"?');
  });

  test("sft teaches a model and saves the adapter alone", async () => {
    const [base, out] = [join(folder, "base"), join(folder, "assistant")];
    const text = join(folder, "chats.txt");
    writeFileSync(text, "<|im_start|>user\nthe cat<|im_end|>\n<|im_start|>assistant\nsat.".repeat(120));
    const training = await gradbook(["train", text, ...NANO, "--context-length", "96", "--steps", "2", "--out", base]); // prettier-ignore
    expect(training.code, training.stderr).toBe(0);
    const words = ["finetune", "sft", base, chats, "--epochs", "2", "--batch-size", "1", "--too-long", "cut"];
    const { code, stdout, stderr } = await gradbook([...words, "--adapter", "lora", "--rank", "2", "--out", out, "--json"]); // prettier-ignore
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const { adapter } = JSON.parse(stdout) as { adapter: string };
    expect(existsSync(join(adapter, "adapter.safetensors"))).toBe(true);

    const few = join(folder, "few-bits");
    const both = await gradbook([...words, "--adapter", "lora", "--rank", "2", "--dora", "true", "--quantization", "nf4", "--out", few, "--json"]); // prettier-ignore
    expect(both.code, both.stderr).toBe(0);
    const { config } = JSON.parse(readFileSync(join(few, "adapter", "adapter.json"), "utf8")) as { config: object }; // prettier-ignore
    expect(config).toMatchObject({ rank: 2, dora: true, quantization: "nf4" });
    const saved = readFileSync(join(few, "adapter", "adapter.safetensors"), "latin1");
    expect(saved).toContain("lora_magnitude");
  });

  test.each([
    ["sft", "--dora", "true"],
    ["classify", "--quantization", "nf4"],
    ["dpo", "--rank", "2"],
  ])("%s refuses %s without an adapter", async (method, option, value) => {
    const { code, stderr } = await gradbook(["finetune", method, run, chats, option, value]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${option} is a setting of the adapter; add --adapter lora`);
  });

  test("classify teaches a model to judge, and says which line does not fit", async () => {
    const [texts, out] = [join(folder, "texts.jsonl"), join(folder, "judge")];
    const lines = Array.from({ length: 20 }, (_, i) => ({ text: `the ${i % 2 ? "cat" : "dog"} sat`, label: i % 2 ? "c" : "d" })); // prettier-ignore
    writeFileSync(texts, lines.map((line) => JSON.stringify(line)).join("\n"));
    const words = [
      "finetune",
      "classify",
      run,
      texts,
      "--epochs",
      "1",
      "--batch-size",
      "4",
      "--out",
      out,
      "--json",
    ];
    const { code, stdout, stderr } = await gradbook(words);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const { labels, checkpoint } = JSON.parse(stdout) as { labels: string[]; checkpoint: string };
    expect(labels).toEqual(["c", "d"]);
    expect(existsSync(join(checkpoint, "manifest.json"))).toBe(true);
    writeFileSync(texts, '{"text": "the cat"}');
    expect((await gradbook(words)).stderr).toContain("line 1: expected a record");
  });

  test("dpo and reward learn from pairs, and say what they leave out", async () => {
    const pairs = join(folder, "pairs.jsonl");
    const pair = { prompt: "the cat", chosen: " sat on the mat.", rejected: " the the" };
    const lines = [...Array.from({ length: 12 }, () => pair), { ...pair, rejected: pair.chosen }];
    writeFileSync(pairs, lines.map((line) => JSON.stringify(line)).join("\n"));
    for (const [method, measure] of [
      ["dpo", "eval_rewards/accuracies"],
      ["reward", "eval_accuracy"],
    ]) {
      const out = join(folder, method);
      const words = [
        "finetune",
        method,
        run,
        pairs,
        "--batch-size",
        "2",
        "--learning-rate",
        "0.001",
        "--out",
        out,
      ];
      const { code, stdout, stderr } = await gradbook([...words, "--steps", "20", "--json"]);
      const what = method === "dpo" ? "pair" : "ranking";
      expect(stderr.trim()).toBe(`${pairs}: left out 1 of 13 ${what}s; ${what} 13: both answers are equal`);
      expect(code).toBe(0);
      const { checkpoint } = JSON.parse(stdout) as { checkpoint: string };
      expect(existsSync(join(checkpoint, "manifest.json"))).toBe(true);
      const events = readFileSync(join(out, "log.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line)); // prettier-ignore
      expect(events.findLast((event) => measure in event)[measure]).toBe(1);
      const more = await gradbook([...words, "--steps", "24", "--resume", out, "--json"]);
      expect(more.code, more.stderr).toBe(0);
      expect((JSON.parse(more.stdout) as { step: number }).step).toBe(24);
    }
    const kto = await gradbook(["finetune", "kto", run, pairs, "--batch-size", "4", "--steps", "5", "--out", join(folder, "kto"), "--json"]); // prettier-ignore
    expect(kto.stderr).toContain("expected answers to at least two prompts");
    const thumbs = Array.from({ length: 12 }, (_, i) => ({ prompt: `the ${i % 2 ? "cat" : "mat"}`, completion: i % 3 ? " sat" : " the the", label: i % 3 > 0 })); // prettier-ignore
    writeFileSync(pairs, [...thumbs, { ...thumbs[0], completion: "" }].map((line) => JSON.stringify(line)).join("\n")); // prettier-ignore
    const judged = await gradbook(["finetune", "kto", run, pairs, "--batch-size", "4", "--steps", "30", "--learning-rate", "0.01", "--out", join(folder, "kto2"), "--json"]); // prettier-ignore
    expect(judged.stderr.trim()).toBe(`${pairs}: left out 1 of 13 answers; answer 13: the answer is empty`);
    const seen = readFileSync(join(folder, "kto2", "log.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line)); // prettier-ignore
    expect(seen.findLast((event) => event.event === "step")["rewards/margins"]).toBeGreaterThan(0.01);
    const thin = await gradbook(["finetune", "kto", run, pairs, "--batch-size", "4", "--steps", "2", "--adapter", "lora", "--rank", "2", "--out", join(folder, "kto3"), "--json"]); // prettier-ignore
    expect(JSON.parse(thin.stdout).adapter).toBe(join(folder, "kto3", "adapter"));
    expect(existsSync(join(folder, "kto3", "adapter", "adapter.json"))).toBe(true);
    writeFileSync(pairs, JSON.stringify({ prompt: "the cat", completion: " sat" }));
    const wrong = await gradbook(["finetune", "dpo", run, pairs]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("line 1: it has no two answers to compare, it is a prompt-completion");
  });

  test("reward learns from rankings pick by pick, and from margins", async () => {
    const file = join(folder, "rankings.jsonl");
    const train = (lines: object[], ...more: string[]) => {
      writeFileSync(file, lines.map((line) => JSON.stringify(line)).join("\n"));
      const out = mkdtempSync(join(folder, "reward-"));
      return gradbook(["finetune", "reward", run, file, "--batch-size", "2", "--steps", "20", "--learning-rate", "0.001", "--out", out, "--json", ...more]); // prettier-ignore
    };
    const events = (stdout: string): Record<string, number>[] => {
      const { directory } = JSON.parse(stdout) as { directory: string };
      return readFileSync(join(directory, "log.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Record<string, number>); // prettier-ignore
    };
    const ranking = { prompt: "the cat", answers: [" sat on the mat.", " sat on the the", " the the"] };
    const picked = await train(Array<object>(12).fill(ranking), "--loss", "plackett_luce");
    expect(picked.code, picked.stderr).toBe(0);
    expect(events(picked.stdout).findLast((event) => "eval_accuracy" in event)!.eval_accuracy).toBe(1);

    const pair = { prompt: "the cat", chosen: " sat on the mat.", rejected: " the the" };
    const wide = await train(Array<object>(12).fill({ ...pair, margin: 3 }), "--centering", "0.1");
    expect(wide.code, wide.stderr).toBe(0);
    // All pairs are alike, so the loss follows from the means: ln(1 + e^(m − Δ)) + c·(r⁺ + r⁻)².
    const { loss, margin, mean_reward: mean } = events(wide.stdout).find((event) => "margin" in event)!;
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(3 - margin)) + 0.1 * (2 * mean) ** 2, 4);

    const mixed = await train([...Array<object>(12).fill(pair), ranking]);
    expect(mixed.stderr).toContain(
      "expected 2 answers in every ranking, as in the first, got 3 in number 13",
    );
  });

  test("says which line does not fit", async () => {
    const { stderr } = await gradbook(["finetune", "sft", run, chats]);
    expect(stderr).toContain("line 1: ");
    expect(stderr).toContain("more than the model's contextLength 32");
    const wrong = await gradbook(["finetune", "sft", run, join(folder, "none.jsonl")]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("none.jsonl");
  });
});
