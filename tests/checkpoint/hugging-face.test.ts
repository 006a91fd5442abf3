/** Golden folders: models that transformers made and ran; golden/gpt2.py and families.py make them again. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  decodeSafetensors,
  encodeSafetensors,
  loadHuggingFace,
  loadHuggingFaceGPT,
  saveHuggingFace,
} from "../../lib/checkpoint/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { GPT, Seq2Seq } from "../../lib/models/index.ts";
import { trainCharTokenizer } from "../../lib/tokenizers/char.ts";

const ALL = join(import.meta.dirname, "golden");
const GOLDEN = join(ALL, "gpt2");
const newFolder = (): string => mkdtempSync(join(tmpdir(), "gradbook-"));

describe("GPT-2's format", () => {
  it("gives the logits that transformers gives", () => {
    const { ids, logits } = JSON.parse(readFileSync(join(GOLDEN, "logits.json"), "utf8"));
    const { model, tokenizer } = loadHuggingFaceGPT(GOLDEN);
    expect(tokenizer).toBeUndefined();
    const ours = tf.tidy(() =>
      model.logits(tf.tensor2d(ids, undefined, "int32")).arraySync(),
    ) as number[][][];
    const largest = ours.flat(2).reduce((worst, x, i) => Math.max(worst, Math.abs(x - logits.flat(2)[i])), 0);
    expect(largest).toBeLessThan(1e-5);
  });

  it("is written as transformers writes it", () => {
    const folder = newFolder();
    saveHuggingFace(folder, {
      model: loadHuggingFaceGPT(GOLDEN).model,
      tokenizer: trainCharTokenizer("abcdefghijk"),
    });
    const [written, golden] = [folder, GOLDEN].map(
      (from) => decodeSafetensors(readFileSync(join(from, "model.safetensors")), "file").tensors,
    );
    expect([...written.keys()].sort()).toEqual([...golden.keys()].sort());
    for (const [name, { shape, data }] of golden) expect(written.get(name)).toMatchObject({ shape, data });
    expect(loadHuggingFaceGPT(folder).tokenizer!.decode([0, 10])).toBe("ak");
  });

  it("is refused when it says something our GPT does not compute", () => {
    const changed = (change: object): string => {
      const folder = newFolder();
      cpSync(GOLDEN, folder, { recursive: true });
      const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
      writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, ...change }));
      return folder;
    };
    expect(() => loadHuggingFaceGPT(changed({ model_type: "mamba" }))).toThrow(
      "expected model_type gpt2, llama, mistral, bert, t5 in config.json, got 'mamba'",
    );
    expect(() => loadHuggingFaceGPT(join(ALL, "bert"))).toThrow(
      "expected a GPT-2, LLaMA or Mistral, got a bert",
    );
    expect(() => loadHuggingFaceGPT(changed({ activation_function: "relu" }))).toThrow(
      "expected activation_function gelu_new",
    );
    expect(() => loadHuggingFaceGPT(changed({ n_inner: 12 }))).toThrow("parameters: expected 144 numbers");
    expect(() => loadHuggingFaceGPT(changed({ n_layer: 3 }))).toThrow(
      "numbers for h.2.ln_1.weight [12], got none",
    );
    expect(() => loadHuggingFaceGPT(newFolder())).toThrow(/expected the file .*config\.json/);
  });
});

const differenceOf = (ours: unknown, theirs: unknown): number => {
  const [a, b] = [ours, theirs].map((x) => (x as number[][][]).flat(2));
  expect(a.length).toBe(b.length);
  return a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i])), 0);
};
const ids = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, undefined, "int32");

describe.each(["gpt2", "llama", "mistral", "bert", "t5", "t5-1.1"])("a %s of transformers", (family) => {
  const golden = join(ALL, family);
  const {
    logits,
    input_ids,
    ids: first,
    decoder_input_ids,
  } = JSON.parse(readFileSync(join(golden, "logits.json"), "utf8"));
  const logitsOf = (model: ReturnType<typeof loadHuggingFace>["model"]): unknown =>
    tf.tidy(() => {
      const source = ids(input_ids ?? first);
      const found =
        model instanceof Seq2Seq ? model.logits(source, ids(decoder_input_ids)) : model.logits(source);
      return found.arraySync();
    });

  it("gives the logits that transformers gives", () => {
    const { model } = loadHuggingFace(golden);
    expect(differenceOf(logitsOf(model), logits)).toBeLessThan(1e-5);
  });

  it("is written as transformers writes it", () => {
    const folder = newFolder();
    saveHuggingFace(folder, { model: loadHuggingFace(golden).model });
    const [written, theirs] = [folder, golden].map(
      (from) => decodeSafetensors(readFileSync(join(from, "model.safetensors")), "file").tensors,
    );
    expect([...written.keys()].sort()).toEqual([...theirs.keys()].sort());
    for (const [name, { shape, data }] of theirs)
      expect(written.get(name), name).toMatchObject({ shape, data });
    expect(differenceOf(logitsOf(loadHuggingFace(folder).model), logits)).toBeLessThan(1e-5);
  });
});

describe("weights in several files", () => {
  const shards = (): string => {
    const folder = newFolder();
    cpSync(join(ALL, "llama", "config.json"), join(folder, "config.json"));
    const { tensors } = decodeSafetensors(readFileSync(join(ALL, "llama", "model.safetensors")), "file");
    const names = [...tensors.keys()];
    const map: Record<string, string> = {};
    for (const [i, part] of [names.slice(0, 9), names.slice(9)].entries()) {
      const file = `model-0000${i + 1}-of-00002.safetensors`;
      const content = part.map((name) => [name, tensors.get(name)!]);
      writeFileSync(join(folder, file), encodeSafetensors(new Map(content as never)));
      for (const name of part) map[name] = file;
    }
    writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
    return folder;
  };

  it("are read together", () => {
    const [whole, parts] = [join(ALL, "llama"), shards()].map((from) =>
      loadHuggingFace(from).model.parameters.read(),
    );
    expect(parts).toEqual(whole);
  });

  it("may not lie outside the folder", () => {
    const folder = shards();
    const map = { weight_map: { "model.norm.weight": "../../secret.safetensors" } };
    writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify(map));
    expect(() => loadHuggingFace(folder)).toThrow("files of this folder, got '../../secret.safetensors'");
  });

  it("are complained about when one is missing or too many", () => {
    const folder = shards();
    const path = join(folder, "model.safetensors.index.json");
    const { weight_map } = JSON.parse(readFileSync(path, "utf8"));
    const first = Object.entries(weight_map).filter(([, file]) => String(file).includes("00001"));
    writeFileSync(path, JSON.stringify({ weight_map: Object.fromEntries(first) }));
    expect(() => loadHuggingFace(folder)).toThrow(/expected a tensor model\..*, got none/);
  });
});

it("a model that transformers does not know is not written", () => {
  const model = new GPT({ vocabSize: 5, contextLength: 4, layers: 1, heads: 1, width: 4, position: "alibi" });
  expect(() => saveHuggingFace(newFolder(), { model })).toThrow("saveCheckpoint keeps any model");
});
