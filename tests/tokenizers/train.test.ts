import { describe, expect, test } from "vitest";
import {
  trainBpe,
  trainCharTokenizer,
  trainUnigram,
  trainWordPiece,
  trainWordTokenizer,
} from "../../lib/tokenizers/index.ts";
import type { Tokenizer } from "../../lib/tokenizers/index.ts";
import { fuzzTexts } from "./fuzz-text.ts";

/** The example of Sennrich et al. 2016: low ×5, lower ×2, newest ×6, widest ×3. */
const example =
  "low low low low low lower lower newest newest newest newest newest newest widest widest widest";

const rhyme = ("the sea and the ship and the whale and the men who sail to see the whale at sea\n".repeat(8) +
  "the captain sees the white whale; the whale sees the captain, and the sea is white\n".repeat(5)) as string;

test("BPE joins the most frequent pair first", () => {
  const bpe = trainBpe([example], { vocabSize: 256 + 6, special: [] });
  const merges = bpe.encoder.pairs
    .entries()
    .map(({ left, right }) => [bpe.idToToken(left), bpe.idToToken(right)].join(" "));
  expect(merges).toEqual(["e s", "es t", "l o", "lo w", "e w", "n ew"]);
  expect([...bpe.encode(" lowest")].map((id) => bpe.idToToken(id))).toEqual(["Ġ", "low", "est"]);
});

test("equally frequent pairs are joined in order of their ids", () => {
  const bpe = trainBpe(["ab cd ab cd"], { vocabSize: 256 + 2, special: [], split: "llama3" });
  expect([bpe.idToToken(256), bpe.idToToken(257)]).toEqual(["ab", "cd"]);
});

test("nothing merges below the least frequency", () => {
  const bpe = trainBpe(["abc abd"], { vocabSize: 300, minFrequency: 2 });
  expect(bpe.vocabSize).toBe(1 + 256 + 1);
  expect(bpe.idToToken(257)).toBe("ab");
});

test("control tokens get the first ids and never come from text", () => {
  const bpe = trainBpe([rhyme], { vocabSize: 300, special: ["<|user|>", "<|end|>"] });
  expect(bpe.tokenToId("<|user|>")).toBe(0);
  expect([...bpe.encode("<|user|>")]).not.toContain(0);
  expect([...bpe.encode("<|user|>x", { allowedSpecial: "all" })][0]).toBe(0);
});

test("more vocabulary means fewer tokens", () => {
  const counts = [260, 300, 340].map((vocabSize) => trainBpe([rhyme], { vocabSize }).encode(rhyme).length);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  expect(counts[2]).toBeLessThan(counts[0] / 2);
});

test("texts are counted one by one: nothing merges from one into the next", () => {
  const apart = trainBpe(Array<string>(50).fill("a").concat(Array<string>(50).fill("b")), { vocabSize: 300 });
  expect(apart.vocabSize).toBe(257);
});

const trained: [string, Tokenizer][] = [
  ["characters", trainCharTokenizer(rhyme)],
  ["BPE", trainBpe([rhyme], { vocabSize: 320 })],
  ["BPE cut as o200k", trainBpe([rhyme], { vocabSize: 320, split: "o200k" })],
  ["Unigram", trainUnigram([rhyme], { vocabSize: 40 })],
];

describe.each(trained)("%s", (_name, tokenizer) => {
  test("gives back the text it encoded", () => {
    const line = rhyme.split("\n")[0];
    expect(tokenizer.decode(tokenizer.encode(line))).toBe(line);
  });

  test("trains to the same ids again", () => {
    expect(tokenizer.encode("the whale sees").length).toBeGreaterThan(0);
    expect(tokenizer.encodeBatch(["the whale", "sees"]).map((ids) => ids.length)).toEqual(
      ["the whale", "sees"].map((text) => tokenizer.encode(text).length),
    );
  });
});

test("WordPiece frames a text and marks what continues a word", () => {
  const bert = trainWordPiece([rhyme], { vocabSize: 70 });
  const tokens = [...bert.encode("The whales sea")].map((id) => bert.idToToken(id));
  expect(tokens[0]).toBe("[CLS]");
  expect(tokens.at(-1)).toBe("[SEP]");
  expect(tokens).toContain("whale");
  expect(tokens).toContain("##s");
  expect(bert.decode(bert.encode("The sea!"), { skipSpecial: true })).toBe("the sea");
});

test("a word vocabulary takes the most frequent words", () => {
  const words = trainWordTokenizer([rhyme], { vocabSize: 4 });
  expect([0, 1, 2, 3].map((id) => words.idToToken(id))).toEqual(["[UNK]", "the", "and", "whale"]);
  expect([...words.encode("the whale swims")]).toEqual([1, 3, 0]);
});

test("Unigram finds words as pieces", () => {
  const unigram = trainUnigram([rhyme], { vocabSize: 40 });
  const pieces = [...unigram.encode("the whale")].map((id) => unigram.idToToken(id));
  expect(pieces).toEqual(["▁the", "▁whale"]);
  expect(unigram.vocabSize).toBe(40);
});

test("trainers take any text", () => {
  const texts = fuzzTexts(31, 200);
  const bpe = trainBpe(texts, { vocabSize: 400 });
  const unigram = trainUnigram(texts, { vocabSize: 2000 });
  for (const text of texts) expect(bpe.decode(bpe.encode(text))).toBe(text.toWellFormed());
  expect(unigram.encode(texts[0]).length).toBeGreaterThan(0);
  expect(trainWordPiece(texts, { vocabSize: 2500 }).vocabSize).toBeGreaterThan(500);
});

describe("bad input", () => {
  test("an empty corpus", () => {
    expect(() => trainBpe([], { vocabSize: 300 })).toThrow(
      "trainBpe: expected a corpus with text, got no text at all",
    );
    expect(() => trainUnigram([""], { vocabSize: 300 })).toThrow("trainUnigram: expected a corpus with text");
    expect(() => trainWordPiece([], { vocabSize: 300 })).toThrow(
      "trainWordPiece: expected a corpus with text",
    );
    expect(() => trainWordTokenizer([" "], { vocabSize: 300 })).toThrow(
      "trainWordTokenizer: expected a corpus with text",
    );
  });

  test("a vocabulary smaller than the bytes", () => {
    expect(() => trainBpe(["a"], { vocabSize: 256 })).toThrow(
      "trainBpe vocabSize: expected at least 257 (256 bytes and 1 special tokens), got 256",
    );
  });

  test("a vocabulary smaller than the characters", () => {
    expect(() => trainUnigram(["abc"], { vocabSize: 5 })).toThrow(
      "trainUnigram vocabSize: expected at least 7",
    );
    expect(() => trainWordPiece(["abc"], { vocabSize: 6 })).toThrow(
      "trainWordPiece vocabSize: expected at least",
    );
  });

  test("something that is no text", () => {
    expect(() => trainBpe([7 as unknown as string], { vocabSize: 300 })).toThrow("expected a string, got 7");
  });
});
