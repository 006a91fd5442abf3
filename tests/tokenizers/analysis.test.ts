import { expect, test } from "vitest";
import {
  compressionOf,
  explainMerges,
  openaiEncoding,
  tokenFrequencies,
  tokenTexts,
  trainBpe,
  trainCharTokenizer,
  vocabularyOverlap,
} from "../../lib/tokenizers/index.ts";
import type { ByteLevelBpe } from "../../lib/tokenizers/index.ts";

const gpt2 = openaiEncoding("gpt2");

test("compression counts bytes, words and tokens", () => {
  expect(compressionOf(gpt2, "Call me Ishmael. Größe")).toMatchObject({
    bytes: 24,
    characters: 22,
    words: 4,
    tokens: 10,
    bytesPerToken: 2.4,
    tokensPerWord: 2.5,
    distinctTokens: 10,
  });
  expect(compressionOf(gpt2, "")).toMatchObject({ tokens: 0, bytesPerToken: 0, tokensPerWord: 0 });
});

test("frequencies come most frequent first", () => {
  const characters = trainCharTokenizer("banana");
  expect(tokenFrequencies(characters, "banana")).toEqual([
    { id: 0, token: "a", count: 3 },
    { id: 2, token: "n", count: 2 },
    { id: 1, token: "b", count: 1 },
  ]);
});

test("broken characters show as bytes, control tokens by name", () => {
  const ids = gpt2.encode("龜 hi<|endoftext|>", { allowedSpecial: "all" });
  expect(tokenTexts(gpt2, ids)).toEqual(["‹e9›‹be›", "‹9c›", " hi", "<|endoftext|>"]);
});

test("overlap compares spellings", () => {
  const first = trainBpe(["ab ab cd cd cd"], { vocabSize: 258, special: [] });
  const second = trainBpe(["ab ab ab ef ef"], { vocabSize: 258, special: [] });
  const { shared, similarity, onlyFirst, onlySecond } = vocabularyOverlap(first, second);
  expect(shared).toBe(256);
  expect(similarity).toBeCloseTo(256 / 260);
  expect(onlyFirst).toEqual(["cd", " cd"]);
  expect(onlySecond).toEqual(["ab", "ef"]);
});

test("merges are shown step by step and end in the ids of the tokenizer", () => {
  const bpe = trainBpe(["low low low low lower lower newest newest newest"], { vocabSize: 262, special: [] });
  const words = explainMerges(bpe, "low slower");
  expect(words.map(({ word }) => word)).toEqual(["low", " slower"]);
  expect(words[0].steps.map(({ tokens }) => tokens.join("|"))).toEqual(["l|o|w", "lo|w", "low"]);
  expect(words[0].steps[1]).toMatchObject({ made: 0, rank: 0 });
  expect(words.flatMap(({ ids }) => ids)).toEqual([...bpe.encode("low slower")]);
});

test("a word that is a token skips the merges in tiktoken's encodings", () => {
  const [word] = explainMerges(gpt2, "hello");
  expect(word).toEqual({ word: "hello", steps: [{ tokens: ["hello"] }], ids: [31373], isWholeToken: true });
});

test("only byte-level BPE has merges to explain", () => {
  expect(() => explainMerges(trainCharTokenizer("ab") as unknown as ByteLevelBpe, "ab")).toThrow(
    "explainMerges: expected a byte-level BPE tokenizer",
  );
});
