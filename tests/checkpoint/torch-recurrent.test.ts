/** Golden files: models that PyTorch made and ran; golden/recurrent.py makes them again. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  decodeSafetensors,
  encodeSafetensors,
  loadTorchRecurrent,
  saveTorchRecurrent,
} from "../../lib/checkpoint/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { RecurrentLM } from "../../lib/models/index.ts";

const GOLDEN = join(import.meta.dirname, "golden/recurrent");
const LOGITS = JSON.parse(readFileSync(join(GOLDEN, "logits.json"), "utf8")) as Record<
  string,
  { ids: number[][]; logits: number[][][] }
>;
const CELLS = ["lstm", "gru", "rnn"] as const;
const fileOf = (cell: string): string => join(GOLDEN, `${cell}.safetensors`);
const newFile = (): string => join(mkdtempSync(join(tmpdir(), "gradbook-")), "model.safetensors");

type Tensors = Map<string, { shape: readonly number[]; data: Float32Array }>;
const tensorsOf = (file: string): Tensors => decodeSafetensors(readFileSync(file), file).tensors as Tensors;

/** The LSTM's file with changed tensors. */
function changed(change: (tensors: Tensors) => void): string {
  const [file, tensors] = [newFile(), tensorsOf(fileOf("lstm"))];
  change(tensors);
  writeFileSync(file, encodeSafetensors(tensors));
  return file;
}

const logitsOf = (model: RecurrentLM, ids: number[][]): number[] =>
  tf.tidy(() => Array.from(model.logits(tf.tensor2d(ids, undefined, "int32")).dataSync()));

describe.each(CELLS)("PyTorch's %s", (cell) => {
  it("is read: its settings from the shapes, and the same logits", () => {
    const model = loadTorchRecurrent(fileOf(cell));
    expect(model.config).toMatchObject({ cell, layers: 2, width: 6, vocabSize: 11 });
    const { ids, logits } = LOGITS[cell];
    const expected = logits.flat(2);
    const largest = logitsOf(model, ids).reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i])), 0);
    expect(largest).toBeLessThan(1e-6);
  });

  it("is written with PyTorch's names, shapes and numbers", () => {
    const file = newFile();
    saveTorchRecurrent(file, loadTorchRecurrent(fileOf(cell)));
    const [written, golden] = [file, fileOf(cell)].map(tensorsOf);
    expect([...written.keys()].sort()).toEqual([...golden.keys()].sort());
    for (const [name, { shape, data }] of golden) expect(written.get(name)).toMatchObject({ shape, data });
  });
});

describe("a file of a recurrent model", () => {
  it("may call its modules anything, leave out biases, and share the embedding with the output", () => {
    const bare = changed((tensors) => {
      for (const [name, tensor] of [...tensors]) {
        tensors.delete(name);
        if (!name.includes("bias") && !name.startsWith("decoder"))
          tensors.set(name.replace("encoder", "words").replace("rnn", "body.lstm"), tensor);
      }
    });
    const model = loadTorchRecurrent(bare, { contextLength: 16, dropout: 0.1 });
    expect(model.config).toMatchObject({ cell: "lstm", contextLength: 16, dropout: 0.1 });
    const { "wte.weight": words, "head.weight": head, "h.1.bias_hh": bias } = model.parameters.read();
    expect(head).toEqual(words);
    expect(bias).toEqual(new Float32Array(24));
  });

  it("is refused in a sentence when it is of another kind, or damaged", () => {
    const both = changed((tensors) =>
      tensors.set("rnn.weight_ih_l0_reverse", tensors.get("rnn.weight_ih_l0")!),
    );
    expect(() => loadTorchRecurrent(both)).toThrow(/one direction.*got rnn\.weight_ih_l0_reverse/);
    const none = changed((tensors) => tensors.delete("rnn.weight_ih_l0"));
    expect(() => loadTorchRecurrent(none)).toThrow(/expected an nn\.LSTM.*got the tensors/);
    const narrow = changed((tensors) =>
      tensors.set("encoder.weight", { shape: [11, 3], data: new Float32Array(33) }),
    );
    expect(() => loadTorchRecurrent(narrow)).toThrow("embedding [11, 3]");
    const more = changed((tensors) => tensors.set("extra.weight", tensors.get("encoder.weight")!));
    expect(() => loadTorchRecurrent(more)).toThrow(/at most one linear layer.*extra/);
    expect(() => loadTorchRecurrent("nowhere.safetensors")).toThrow(
      "expected a safetensors file, got no nowhere",
    );
  });

  it("holds a model made here", () => {
    const file = newFile();
    const model = new RecurrentLM({ vocabSize: 9, width: 4, layers: 3, cell: "gru" }, { seed: 3 });
    saveTorchRecurrent(file, model);
    expect(loadTorchRecurrent(file).parameters.read()).toEqual(model.parameters.read());
  });
});
