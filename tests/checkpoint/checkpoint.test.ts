import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { loadCheckpoint, loadWeights, saveCheckpoint } from "../../lib/checkpoint/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { trainCharTokenizer } from "../../lib/tokenizers/char.ts";

const small = { vocabSize: 8, contextLength: 4, layers: 1, heads: 1, width: 4 };
const tokenizer = trainCharTokenizer("abcdefgh");
const model = new GPT(small, { seed: 1 });

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "gradbook-")), "checkpoint");
});

const fileOf = (part: string): string =>
  join(
    folder,
    readdirSync(folder).find((name) => name.startsWith(part))!,
  );
const changeManifest = (change: (manifest: Record<string, unknown>) => void): void => {
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
};

describe("a checkpoint", () => {
  it("gives back the model and its tokenizer", () => {
    saveCheckpoint(folder, { model, tokenizer });
    const saved = loadCheckpoint(folder);
    expect(saved.model.config).toEqual(model.config);
    expect(saved.model.parameters.read()).toEqual(model.parameters.read());
    expect(saved.tokenizer!.encode("headache".replace("ache", "cafe"))).toEqual(tokenizer.encode("headcafe"));
    expect(saved.training).toBeUndefined();
  });

  it("replaces the one before and leaves none of its files", () => {
    saveCheckpoint(folder, { model, tokenizer });
    const other = new GPT(small, { seed: 2 });
    saveCheckpoint(folder, { model: other });
    expect(readdirSync(folder).map((name) => name.replace(/-.*\./, "."))).toEqual([
      "manifest.json",
      "weights.safetensors",
    ]);
    expect(loadCheckpoint(folder).model.parameters.read()).toEqual(other.parameters.read());
  });

  it("clears away what a killed save left", () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "weights-0123456789ab.safetensors.part"), "half");
    writeFileSync(join(folder, "optimizer-0123456789ab.safetensors"), "whole, but named by no manifest");
    saveCheckpoint(folder, { model });
    expect(readdirSync(folder).length).toBe(2);
  });

  it("does not mix with other files", () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "thesis.tex"), "");
    expect(() => saveCheckpoint(folder, { model })).toThrow(
      /got a folder with thesis\.tex in it; choose another/,
    );
    expect(readdirSync(folder)).toEqual(["thesis.tex"]);
  });
});

describe("loading refuses", () => {
  beforeEach(() => saveCheckpoint(folder, { model, tokenizer }));

  it("a folder that is no checkpoint", () => {
    expect(() => loadCheckpoint(`${folder}-gone`)).toThrow(
      /expected a checkpoint folder with a manifest\.json at/,
    );
    writeFileSync(join(folder, "manifest.json"), "{");
    expect(() => loadCheckpoint(folder)).toThrow(/expected a checkpoint folder with a manifest\.json/);
    writeFileSync(join(folder, "manifest.json"), "null");
    expect(() => loadCheckpoint(folder)).toThrow(/expected the manifest of a gradbook checkpoint/);
  });

  it("a missing, a shortened and a changed file", () => {
    const weights = fileOf("weights");
    const content = readFileSync(weights);
    content[content.length - 1] ^= 1;
    writeFileSync(weights, content);
    expect(() => loadCheckpoint(folder)).toThrow(/the file was changed or damaged; load another checkpoint/);
    truncateSync(weights, 100);
    expect(() => loadCheckpoint(folder)).toThrow(/got 100 bytes with/);
    rmSync(weights);
    expect(() => loadCheckpoint(folder)).toThrow(/expected the file .*weights.*, which the manifest names/);
  });

  it("a newer format, an unknown kind of model and a file outside the folder", () => {
    changeManifest((manifest) => (manifest.version = 2));
    expect(() => loadCheckpoint(folder)).toThrow(
      "expected format version 1 or older, got 2; it was written by a newer",
    );
    changeManifest((manifest) =>
      Object.assign(manifest, { version: 1, model: { kind: "rwkv", config: {} } }),
    );
    expect(() => loadCheckpoint(folder)).toThrow("got rwkv");
    changeManifest((manifest) => {
      (manifest.files as { weights: { name: string } }).weights.name = "../../etc/passwd";
    });
    expect(() => loadCheckpoint(folder)).toThrow(/expected the manifest of a gradbook checkpoint/);
  });

  it("weights for a model of another shape, and says what differs", () => {
    const larger = new GPT({ ...small, layers: 2, width: 8 }, { seed: 3 });
    const before = larger.parameters.read();
    expect(() => loadWeights(larger, folder)).toThrow(
      "loadWeights: expected a checkpoint of a model with layers 2, width 8, got layers 1, width 4",
    );
    expect(larger.parameters.read()).toEqual(before);
    const same = new GPT(small, { seed: 3 });
    loadWeights(same, folder);
    expect(same.parameters.read()).toEqual(model.parameters.read());
  });
});
