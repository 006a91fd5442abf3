import { expect, test } from "vitest";
import { encodeParallel, openaiEncoding, trainBpe, trainWordPiece } from "../../lib/tokenizers/index.ts";
import type { Tokenizer } from "../../lib/tokenizers/index.ts";
import { fuzzTexts } from "./fuzz-text.ts";

const texts = fuzzTexts(51, 400).map((text, i) => (i % 40 === 0 ? text.repeat(1000) : text));

const tokenizers: [string, Tokenizer][] = [
  ["a trained one", trainBpe(texts, { vocabSize: 400 })],
  ["one of OpenAI's", openaiEncoding("gpt2")],
  ["a pipeline", trainWordPiece(texts, { vocabSize: 3000 })],
];

test.each(tokenizers)("threads give the same ids in the same order: %s", async (_name, tokenizer) => {
  const options = { allowedSpecial: "all", addSpecialTokens: false } as const;
  const parallel: Uint32Array[] = [];
  for await (const ids of encodeParallel(tokenizer, texts, { workers: 2, ...options })) parallel.push(ids);
  expect(parallel).toEqual(tokenizer.encodeBatch(texts, options));
});

test("a text that cannot be encoded is reported, and the threads end", async () => {
  const all = async () => {
    for await (const _ids of encodeParallel(openaiEncoding("gpt2"), [7 as unknown as string], {
      workers: 2,
    }));
  };
  await expect(all()).rejects.toThrow("gpt2 encode: expected a string, got 7");
});
