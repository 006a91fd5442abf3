import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tokenizerFromJson } from "../../lib/tokenizers/pipeline/read-json.ts";
import { sentencePieceTokenizer } from "../../lib/tokenizers/sentencepiece/load.ts";
import type { HuggingFaceAnswers, SentencePieceAnswers } from "./answers.ts";
import { pipelineAnswers } from "./pipeline-answers.ts";

/** Made by golden/make.ts with tokenizers 0.23.3 and sentencepiece 0.2.3. */
function golden<Answers>(name: string): { texts: string[]; answers: Record<string, Answers> } {
  return JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));
}

const huggingFace = golden<HuggingFaceAnswers>("hugging-face");

describe.each(Object.entries(huggingFace.answers))("tokenizer.json %s", (name, { file, encodings }) => {
  test("gives Hugging Face's ids, offsets, masks, pairs and decoded text", () => {
    expect(pipelineAnswers(file, name, huggingFace.texts)).toEqual(encodings);
  });

  test("is written as it was read", () => {
    expect(tokenizerFromJson(file, name).toJSON()).toEqual(file);
  });
});

const sentencePiece = golden<SentencePieceAnswers>("sentencepiece");

describe.each(Object.entries(sentencePiece.answers))(
  "SentencePiece model %s",
  (name, { model, ids, decoded }) => {
    const tokenizer = sentencePieceTokenizer(Buffer.from(model, "base64"), `${name}.model`);

    test("gives SentencePiece's ids", () => {
      expect(sentencePiece.texts.map((text) => [...tokenizer.encode(text)])).toEqual(ids);
    });

    test("decodes as SentencePiece does", () => {
      expect(ids.map((row) => tokenizer.decode(row))).toEqual(decoded);
    });
  },
);

describe("bad files", () => {
  const good = structuredClone(huggingFace.answers["bert-uncased"].file) as Record<
    string,
    Record<string, unknown>
  >;
  const changed = (change: (file: typeof good) => void) => {
    const file = structuredClone(good);
    change(file);
    return () => tokenizerFromJson(file, "my.json");
  };

  test("no object at all", () => {
    expect(() => tokenizerFromJson([], "my.json")).toThrow("my.json: expected an object, got []");
  });

  test("a missing model", () => {
    expect(changed((file) => delete file.model)).toThrow("my.json model: expected an object, got nothing");
  });

  test("an unknown type of model", () => {
    expect(changed((file) => (file.model.type = "WordPeace"))).toThrow(
      "my.json model.type: expected BPE | WordPiece | WordLevel | Unigram, got 'WordPeace'; did you mean WordPiece?",
    );
  });

  test("an unknown normalizer", () => {
    expect(changed((file) => (file.normalizer.type = "Shout"))).toThrow(
      /my\.json normalizer\.type: expected Sequence \|/,
    );
  });

  test("a vocabulary without the unknown token", () => {
    expect(changed((file) => (file.model.unk_token = "[NONE]"))).toThrow(
      "my.json model.unk_token: expected a token of the vocabulary, got '[NONE]'",
    );
  });

  test("an id that is none", () => {
    expect(changed((file) => ((file.model.vocab as Record<string, unknown>).a = -1))).toThrow(
      "my.json model.vocab.a: expected an id, got -1",
    );
  });

  test("two tokens with one id", () => {
    expect(changed((file) => ((file.model.vocab as Record<string, unknown>).zzzz = 0))).toThrow(
      "my.json model.vocab: expected an id for one token only, got 0 for '[UNK]' and 'zzzz'",
    );
  });

  test("merges that do not fit the vocabulary", () => {
    const model = { type: "BPE", vocab: { a: 0, b: 1 }, merges: [["a", "b"]] };
    expect(() => tokenizerFromJson({ model }, "my.json")).toThrow(
      "my.json model.merges[0]: expected tokens of the vocabulary, got 'ab', which is not",
    );
  });

  test("a merge that is no pair", () => {
    const model = { type: "BPE", vocab: { a: 0, b: 1 }, merges: ["a b c"] };
    expect(() => tokenizerFromJson({ model }, "my.json")).toThrow(
      "my.json model.merges[0]: expected two tokens",
    );
  });

  test("a template with a token that is not listed", () => {
    const change = (file: typeof good) => (file.post_processor.special_tokens = {});
    expect(changed(change)).toThrow("my.json post_processor.single[0]: expected a token of special_tokens");
  });

  test("a regular expression that is none", () => {
    const change = (file: typeof good) =>
      (file.pre_tokenizer = { type: "Split", pattern: { Regex: "(a" }, behavior: "Isolated", invert: false });
    expect(changed(change)).toThrow(/my\.json pre_tokenizer\.pattern\.Regex: expected a regular expression/);
  });

  test("a .model file that is none", () => {
    expect(() => sentencePieceTokenizer(Buffer.from("hello"), "my.model")).toThrow(
      /my\.model: expected a SentencePiece model/,
    );
  });

  test("an id outside the vocabulary", () => {
    const tokenizer = tokenizerFromJson(good, "my.json");
    expect(() => tokenizer.decode([1, 999_999])).toThrow(
      "my.json decode: expected ids of this vocabulary, got 999999 at index 1",
    );
  });
});
