/** Golden folder: a GPT-2 that transformers made and ran; golden/gpt2.py makes it again. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, loadGPT2, saveGPT2 } from "../../lib/checkpoint/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { trainCharTokenizer } from "../../lib/tokenizers/char.ts";

const GOLDEN = join(import.meta.dirname, "golden/gpt2");
const newFolder = (): string => mkdtempSync(join(tmpdir(), "gradbook-"));

describe("GPT-2's format", () => {
  it("gives the logits that transformers gives", () => {
    const { ids, logits } = JSON.parse(readFileSync(join(GOLDEN, "logits.json"), "utf8"));
    const { model, tokenizer } = loadGPT2(GOLDEN);
    expect(tokenizer).toBeUndefined();
    const ours = tf.tidy(() =>
      model.logits(tf.tensor2d(ids, undefined, "int32")).arraySync(),
    ) as number[][][];
    const largest = ours.flat(2).reduce((worst, x, i) => Math.max(worst, Math.abs(x - logits.flat(2)[i])), 0);
    expect(largest).toBeLessThan(1e-5);
  });

  it("is written as transformers writes it", () => {
    const folder = newFolder();
    saveGPT2(folder, { model: loadGPT2(GOLDEN).model, tokenizer: trainCharTokenizer("abcdefghijk") });
    const [written, golden] = [folder, GOLDEN].map(
      (from) => decodeSafetensors(readFileSync(join(from, "model.safetensors")), "file").tensors,
    );
    expect([...written.keys()].sort()).toEqual([...golden.keys()].sort());
    for (const [name, { shape, data }] of golden) expect(written.get(name)).toMatchObject({ shape, data });
    expect(loadGPT2(folder).tokenizer!.decode([0, 10])).toBe("ak");
  });

  it("is refused when it says something our GPT does not compute", () => {
    const changed = (change: object): string => {
      const folder = newFolder();
      cpSync(GOLDEN, folder, { recursive: true });
      const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
      writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, ...change }));
      return folder;
    };
    expect(() => loadGPT2(changed({ model_type: "llama" }))).toThrow(
      "expected model_type gpt2 in config.json, got 'llama'",
    );
    expect(() => loadGPT2(changed({ activation_function: "relu" }))).toThrow(
      "expected activation_function gelu_new",
    );
    expect(() => loadGPT2(changed({ n_inner: 12 }))).toThrow("expected n_inner 48");
    expect(() => loadGPT2(changed({ n_layer: 3 }))).toThrow("numbers for h.2.ln_1.weight [12], got none");
    expect(() => loadGPT2(newFolder())).toThrow(/expected the file .*config\.json/);
  });
});
