/** Learning from rewards on the command line: letters as many as possible, in seconds. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { gradbook } from "./gradbook.ts";

const folder = mkdtempSync(join(tmpdir(), "gradbook-cli-"));
const at = (name: string): string => join(folder, name);
const SMALL = ["--max-tokens", "4", "--steps", "4", "--warmup-steps", "0", "--evaluate-every", "0", "--json"];
const METHOD = {
  grpo: ["--prompts", "2", "--group-size", "4"],
  ppo: ["--answers", "8", "--epochs", "2", "--minibatches", "2"],
};

beforeAll(async () => {
  writeFileSync(at("book.txt"), "ab cd 2+2=4\n".repeat(500));
  const words = ["train", at("book.txt"), "--preset", "nano", "--layers", "1", "--width", "32", "--max-batches", "2"]; // prettier-ignore
  const { code, stderr } = await gradbook([...words, "--steps", "2", "--out", at("base"), "--json"]);
  expect(code, stderr).toBe(0);
  writeFileSync(at("prompts.jsonl"), '{"prompt":"2+2=","answer":4}\n{"prompt":"a","answer":"2"}\n');
  writeFileSync(at("reward.ts"), "export default ({ answer }) => answer.split('a').length - 1;\n");
});

describe.each(["grpo", "ppo"] as const)("gradbook finetune %s", (method) => {
  const words = ["finetune", method, at("base"), at("prompts.jsonl"), ...METHOD[method], ...SMALL];

  test("learns from a module's reward, saves the model, and generates with it", async () => {
    const out = at(`${method}-full`);
    const { code, stdout, stderr } = await gradbook([...words, "--reward", at("reward.ts"), "--out", out]);
    expect(code, stderr).toBe(0);
    const run = JSON.parse(stdout) as { reason: string; model: string };
    expect(run).toMatchObject({ reason: "finished", step: 4, model: join(out, "model") });
    expect(
      readFileSync(join(out, "completions.jsonl"), "utf8").trim().split("\n").length,
    ).toBeGreaterThanOrEqual(8);
    for (const saved of [run.model, join(out, "checkpoint")]) {
      const text = await gradbook(["generate", saved, "--prompt", "a", "--max-tokens", "3"]);
      expect(text.code, text.stderr).toBe(0);
    }
    const more = await gradbook([
      ...words.with(words.indexOf("--steps") + 1, "6"),
      "--reward",
      at("reward.ts"),
      "--resume",
      out,
    ]);
    expect(more.code, more.stderr).toBe(0);
    expect(JSON.parse(more.stdout)).toMatchObject({ step: 6 });
  });

  test("trains an adapter alone, until a token ends an answer", async () => {
    const out = at(`${method}-lora`);
    const { code, stdout, stderr } = await gradbook([...words, "--reward", "arithmetic", "--end", "\\n", "--adapter", "lora", "--rank", "2", "--out", out]); // prettier-ignore
    expect(code, stderr).toBe(0);
    const { adapter } = JSON.parse(stdout) as { adapter: string };
    expect(existsSync(join(adapter, "adapter.safetensors"))).toBe(true);
  });

  test("says what is wrong with reward, prompts and options", async () => {
    const errorOf = async (more: string[], of = words): Promise<string> => (await gradbook([...of, ...more])).stderr; // prettier-ignore
    expect(await errorOf([])).toContain("expected --reward");
    expect(await errorOf(["--reward", "arithmetics"])).toContain("got arithmetics");
    expect(await errorOf(["--reward", "format:("])).toContain("--reward format:(");
    expect(await errorOf(["--reward", "arithmetic", "--end", "ab"])).toContain("one token, got 2 tokens");
    writeFileSync(at("wrong.jsonl"), '{"prompt":"a"}\n{"question":"b"}\n');
    const wrong = words.map((word) => (word === at("prompts.jsonl") ? at("wrong.jsonl") : word));
    expect(await errorOf(["--reward", "arithmetic"], wrong)).toContain("wrong.jsonl:2: expected a prompt");
  });
});

test("the settings of the methods are options", async () => {
  const help = async (method: string): Promise<string> => (await gradbook(["help", "finetune", method])).stdout; // prettier-ignore
  for (const option of ["--loss-type", "--group-size", "--kl-coefficient", "--learning-rate"])
    expect(await help("grpo")).toContain(option);
  for (const option of ["--value-clip", "--kl-target", "--epochs", "--lambda"])
    expect(await help("ppo")).toContain(option);
});
