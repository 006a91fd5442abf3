/** Adapters that PEFT made and ran (golden/adapters.py makes them again), and ours read by it. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadHuggingFaceGPT, saveHuggingFace } from "../../lib/checkpoint/index.ts";
import { random } from "../../lib/core/random.ts";
import { tf } from "../../lib/engine/index.ts";
import { loadPeft, mergedGPT, savePeft, withLora, type LoraConfig } from "../../lib/finetune/index.ts";
import { GPT, modernGPT } from "../../lib/models/index.ts";

const GOLDEN = join(import.meta.dirname, "golden");
const BASES = join(import.meta.dirname, "../checkpoint/golden");
const newFolder = (): string => mkdtempSync(join(tmpdir(), "gradbook-"));
const CASES = [
  ["lora", "gpt2"],
  ["rslora", "gpt2"],
  ["dora", "gpt2"],
  ["llama", "llama"],
  ["llama-dora", "llama"],
] as const;

const logitsOf = (model: GPT, ids: number[][]): number[] =>
  tf.tidy(() => [...model.logits(tf.tensor2d(ids, undefined, "int32")).dataSync()]);

const largestDifference = (a: number[], b: number[]): number => {
  expect(a.length).toBe(b.length);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);
};

describe.each(CASES)("PEFT's adapter %s over %s", (name, family) => {
  const folder = join(GOLDEN, `peft-${name}`);
  const base = loadHuggingFaceGPT(join(BASES, family)).model;
  const { ids, logits } = JSON.parse(readFileSync(join(folder, "logits.json"), "utf8")) as { ids: number[][]; logits: number[][][] }; // prettier-ignore

  it("gives the logits that PEFT gives, merged too", () => {
    const { model } = loadPeft(folder, base);
    expect(largestDifference(logitsOf(model, ids), logits.flat(2))).toBeLessThan(1e-4);
    expect(largestDifference(logitsOf(mergedGPT(model), ids), logits.flat(2))).toBeLessThan(1e-4);
    expect(largestDifference(logitsOf(base, ids), logits.flat(2))).toBeGreaterThan(0.1);
  });

  it("written and read again says the same", () => {
    const { model, config } = loadPeft(folder, base);
    const again = newFolder();
    savePeft(again, model, { settings: config, base: family });
    expect(largestDifference(logitsOf(loadPeft(again, base).model, ids), logits.flat(2))).toBeLessThan(1e-4);
  });
});

describe("a folder that does not fit", () => {
  const base = loadHuggingFaceGPT(join(BASES, "gpt2")).model;
  const changed = (change: object): string => {
    const folder = newFolder();
    cpSync(join(GOLDEN, "peft-lora"), folder, { recursive: true });
    const path = join(folder, "adapter_config.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...change }));
    return folder;
  };

  it.each([
    [{ peft_type: "IA3" }, "expected a LoRA adapter without other methods, got peft_type 'IA3'"],
    [{ modules_to_save: ["lm_head"] }, "expected a LoRA adapter without modules_to_save"],
    [{ rank_pattern: { c_attn: 4 } }, "expected a LoRA adapter without rank_pattern"],
    [{ r: "three" }, "expected r and lora_alpha, got 'three' and 5"],
    [{ r: 4 }, "expected r 4 for transformer.h.0.attn.c_attn, got 3"],
  ])("is refused: %o", (change, message) => {
    expect(() => loadPeft(changed(change), base)).toThrow(message);
  });

  it("or belongs to another base, or is none", () => {
    const config = { vocabSize: 11, contextLength: 8, layers: 2, heads: 2, width: 8 };
    expect(() => loadPeft(changed({}), new GPT(config, { seed: 1 }))).toThrow("the adapter belongs to another base"); // prettier-ignore
    expect(() => loadPeft(changed({}), new GPT({ ...config, layers: 1 }, { seed: 1 }))).toThrow("expected matrices for linear layers of the base's blocks, got base_model.model.transformer.h.1"); // prettier-ignore
    expect(() => loadPeft(newFolder(), base)).toThrow("expected an adapter of PEFT at");
    expect(() => savePeft(newFolder(), base)).toThrow("expected a model of withLora, got one without an adapter"); // prettier-ignore
    const odd = withLora(new GPT({ ...config, ...modernGPT, qkNorm: true }, { seed: 1 }));
    expect(() => savePeft(newFolder(), odd)).toThrow("expected a GPT of GPT-2's or LLaMA's parts");
    const model = withLora(base, { rank: 2 });
    expect(() => savePeft(newFolder(), model)).toThrow("expected settings of the adapter, whose rank is 2, got rank 8"); // prettier-ignore
    expect(() => savePeft(newFolder(), model, { settings: { rank: 2, alpha: 8 } })).toThrow("whose scale (of alpha, rank and rankStabilized) is 8, got scale (of alpha, rank and rankStabilized) 4"); // prettier-ignore
    expect(() => savePeft(newFolder(), model, { settings: { rank: 2, dora: true } })).toThrow("whose dora is false, got dora true"); // prettier-ignore
  });
});

const PYTHON = join(import.meta.dirname, "../../bench/.peers/venv/bin/python");
const hasPeft = existsSync(PYTHON) && spawnSync(PYTHON, ["-c", "import torch, peft"]).status === 0;
const READ = `
import json, sys, torch
from peft import PeftModel
from transformers import AutoModelForCausalLM
for base, adapter in zip(sys.argv[1::2], sys.argv[2::2]):
    model = AutoModelForCausalLM.from_pretrained(base, attn_implementation="eager")
    model = PeftModel.from_pretrained(model, adapter).eval()
    with torch.no_grad():
        print(json.dumps(model(torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6]])).logits.flatten().tolist()))
`;

it.skipIf(!hasPeft)("PEFT finds the logits that we find", () => {
  const gpt = { vocabSize: 11, contextLength: 8, layers: 2, heads: 4, width: 16 };
  const cases: [Partial<ConstructorParameters<typeof GPT>[0]>, Partial<LoraConfig>][] = [
    [{}, { rank: 2, rankStabilized: true }],
    [{}, { rank: 3, dora: true, targets: "attention" }],
    [{ ...modernGPT, kvHeads: 2 }, { rank: 2 }],
    [
      { ...modernGPT, kvHeads: 2 },
      { rank: 2, dora: true },
    ],
  ];
  const models = cases.map(([parts, settings], i) => {
    const [folder, adapter] = [newFolder(), newFolder()];
    const base = new GPT({ ...gpt, ...parts }, { seed: i });
    const model = withLora(base, settings);
    const generator = random(i);
    const values = Object.entries(model.parameters.read()).map(([name, data]) => [name, name.includes("lora_") ? data.map((x) => x + 0.3 * generator.normal()) : data]); // prettier-ignore
    model.parameters.write(Object.fromEntries(values) as Record<string, Float32Array>);
    saveHuggingFace(folder, { model: base });
    savePeft(adapter, model, { settings });
    return { model, folders: [folder, adapter] };
  });
  const { stdout, stderr } = spawnSync(PYTHON, ["-c", READ, ...models.flatMap(({ folders }) => folders)], { encoding: "utf8" }); // prettier-ignore
  const lines = stdout.trim().split("\n");
  expect(lines.length, stderr).toBe(models.length);
  models.forEach(({ model }, i) =>
    expect(largestDifference(logitsOf(model, [[3, 1, 4, 1, 5, 9, 2, 6]]), JSON.parse(lines[i]) as number[])).toBeLessThan(1e-4)); // prettier-ignore
});
