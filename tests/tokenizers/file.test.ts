import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  ByteLevelBpe,
  CharTokenizer,
  PipelineTokenizer,
  loadRankFile,
  loadTokenizer,
  openaiEncoding,
  saveTokenizer,
  trainBpe,
  trainCharTokenizer,
  trainUnigram,
  trainWordPiece,
  trainWordTokenizer,
} from "../../lib/tokenizers/index.ts";
import { rankFilePath } from "../../lib/tokenizers/openai.ts";
import { fuzzTexts } from "./fuzz-text.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tokenizers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const corpus = fuzzTexts(41, 300);
const kinds = [
  ["character", CharTokenizer, trainCharTokenizer(corpus.join("").toWellFormed(), { unknown: "<unk>" })],
  ["BPE", ByteLevelBpe, trainBpe(corpus, { vocabSize: 500 })],
  [
    "BPE cut as o200k",
    ByteLevelBpe,
    trainBpe(corpus, { vocabSize: 500, split: "o200k", special: ["<a>", "<b>"] }),
  ],
  ["GPT-2", ByteLevelBpe, openaiEncoding("gpt2")],
  ["WordPiece", PipelineTokenizer, trainWordPiece(corpus, { vocabSize: 2500 })],
  ["Unigram", PipelineTokenizer, trainUnigram(corpus, { vocabSize: 2000 })],
  ["word", PipelineTokenizer, trainWordTokenizer(corpus, { vocabSize: 400 })],
] as const;

describe.each(kinds)("a %s tokenizer", (name, kind, tokenizer) => {
  test("comes back from its file with the same ids", () => {
    const file = path.join(folder, "deep", `${name}.json`);
    saveTokenizer(tokenizer, file);
    const loaded = loadTokenizer(file);
    expect(loaded).toBeInstanceOf(kind);
    expect(loaded.vocabSize).toBe(tokenizer.vocabSize);
    expect(loaded.special).toEqual(tokenizer.special);
    for (const text of fuzzTexts(42, 100).map((each) => each.toWellFormed())) {
      expect(loaded.encode(text)).toEqual(tokenizer.encode(text));
      expect(loaded.encode(text, { allowedSpecial: "all" })).toEqual(
        tokenizer.encode(text, { allowedSpecial: "all" }),
      );
    }
    expect(loaded.toJSON()).toEqual(tokenizer.toJSON());
  });
});

test("a rank file loads with the splitter it needs", () => {
  const tokenizer = loadRankFile(rankFilePath("r50k_base"), {
    split: "gpt2",
    special: { "<|endoftext|>": 50256 },
  });
  expect(tokenizer.encode("Call me Ishmael.")).toEqual(openaiEncoding("gpt2").encode("Call me Ishmael."));
});

describe("bad files", () => {
  const written = (name: string, content: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };

  test("one that is not there", () => {
    expect(() => loadTokenizer(path.join(folder, "none.json"))).toThrow(
      /loadTokenizer: expected a file .*none\.json/,
    );
  });

  test("one that is no JSON", () => {
    expect(() => loadTokenizer(written("broken.json", "{"))).toThrow(/broken\.json: expected a JSON file/);
  });

  test("one of another kind", () => {
    expect(() => loadTokenizer("vocab.txt")).toThrow(
      "loadTokenizer: expected a file .json (Hugging Face) or .model",
    );
    expect(() => loadTokenizer("a.tiktoken")).toThrow("load ranks with loadRankFile");
  });

  test("ranks that are none", () => {
    const load = (content: string) => () => loadRankFile(written("bad.tiktoken", content), { split: "gpt2" });
    expect(load("")).toThrow("bad.tiktoken: expected lines of base64 bytes and ranks, got an empty file");
    expect(load("IQ== 0\nnonsense\n")).toThrow(
      "bad.tiktoken line 2: expected base64 bytes, a blank and a rank",
    );
    expect(load("IQ== 0\nIg== 0\n")).toThrow(
      "bad.tiktoken line 2: expected each rank once, got rank 0 again",
    );
    expect(load("IQ== 0\n")).toThrow(
      "bad.tiktoken: expected a token for each of the 256 bytes, got none for byte 0x00",
    );
  });
});
