import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openaiEncoding, openaiEncodingNames } from "../../lib/tokenizers/openai.ts";
import type { OpenaiEncodingName } from "../../lib/tokenizers/openai.ts";
import type { TiktokenAnswers } from "./answers.ts";
import { fuzzTexts } from "./fuzz-text.ts";

/** Made by golden/make.ts with tiktoken 0.14.0. */
const golden = JSON.parse(readFileSync(new URL("golden/tiktoken.json", import.meta.url), "utf8")) as {
  texts: string[];
  bytes: string[];
  answers: Record<OpenaiEncodingName, TiktokenAnswers>;
};

describe.each(openaiEncodingNames)("%s", (name) => {
  const tokenizer = openaiEncoding(name);
  const { plain, special, bytes } = golden.answers[name];

  test("gives the ids that tiktoken gives", () => {
    expect(golden.texts.map((text) => [...tokenizer.encode(text)])).toEqual(plain);
  });

  test("gives tiktoken's ids when control tokens are allowed", () => {
    expect(golden.texts.map((text) => [...tokenizer.encode(text, { allowedSpecial: "all" })])).toEqual(
      special,
    );
  });

  test("gives tiktoken's ids for bytes that are cut inside a character", () => {
    expect(golden.bytes.map((blob) => [...tokenizer.encodeBytes(Buffer.from(blob, "base64"))])).toEqual(
      bytes,
    );
  });

  test("decodes what it encoded, lone surrogates as U+FFFD", () => {
    for (const text of fuzzTexts(5, 300))
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.toWellFormed());
  });

  test("streams the same text id by id", () => {
    for (const text of fuzzTexts(6, 100)) {
      const stream = tokenizer.decodeStream();
      const parts = [...tokenizer.encode(text)].map((id) => stream.push(id));
      expect(parts.join("") + stream.end()).toBe(text.toWellFormed());
    }
  });
});

test("text is split into the tokens that GPT-2 knows", () => {
  const gpt2 = openaiEncoding("gpt2");
  const ids = [...gpt2.encode("Call me Ishmael.")];
  expect(ids).toEqual([14134, 502, 1148, 21720, 417, 13]);
  expect(ids.map((id) => gpt2.idToToken(id))).toEqual(["Call", "Ġme", "ĠIs", "hma", "el", "."]);
});

test("a token is found by its spelling and its text", () => {
  const gpt2 = openaiEncoding("gpt2");
  expect(gpt2.tokenToId("Ġme")).toBe(502);
  expect(gpt2.tokenToId("<|endoftext|>")).toBe(50256);
  expect(gpt2.tokenToId("no such token")).toBeUndefined();
  expect(gpt2.idToToken(50257)).toBeUndefined();
  expect(gpt2.vocabSize).toBe(50257);
});

test("a control token in the text stays text until it is allowed", () => {
  const gpt2 = openaiEncoding("gpt2");
  const text = "a<|endoftext|>b";
  expect([...gpt2.encode(text)]).not.toContain(50256);
  expect([...gpt2.encode(text, { allowedSpecial: ["<|endoftext|>"] })]).toEqual([64, 50256, 65]);
  expect(gpt2.decode([64, 50256, 65], { skipSpecial: true })).toBe("ab");
});

test("decodes every token to its own bytes, whatever its width and neighbours", () => {
  const tokenizer = openaiEncoding("gpt2");
  const backwards = Array.from({ length: 50257 }, (_, i) => 50256 - i);
  const expected = backwards.map((id) =>
    id === 50256 ? Buffer.from("<|endoftext|>") : tokenizer.encoder.vocabulary.token(id),
  );
  expect(Buffer.from(tokenizer.decodeBytes(backwards)).equals(Buffer.concat(expected))).toBe(true);
});

test("offsets say where each id came from; a part of a character points at the whole of it", () => {
  const { ids, offsets } = openaiEncoding("gpt2").encodeWithOffsets("hi 龜😀!");
  expect(ids.length).toBe(offsets.length);
  expect(offsets).toEqual([
    [0, 2],
    [2, 3],
    [3, 4],
    [3, 4],
    [4, 6],
    [4, 6],
    [6, 7],
  ]);
});

test("a broken character shows as U+FFFD only once no more bytes can complete it", () => {
  const gpt2 = openaiEncoding("gpt2");
  const [first] = gpt2.encode("龜");
  const stream = gpt2.decodeStream();
  expect(stream.push(first)).toBe("");
  expect(stream.end()).toBe("\ufffd");
});

test("a hundred thousand equal letters take no quadratic time", () => {
  const start = performance.now();
  expect(openaiEncoding("cl100k_base").encode("a".repeat(100_000)).length).toBe(12_500);
  expect(openaiEncoding("cl100k_base").encode("a".repeat(1_000_000)).length).toBe(125_000);
  // Quadratic merging takes minutes here, a heap half a second.
  expect(performance.now() - start).toBeLessThan(20_000);
});

describe("bad input", () => {
  const gpt2 = openaiEncoding("gpt2");

  test("names the closest encoding", () => {
    expect(() => openaiEncoding("cl100k" as OpenaiEncodingName)).toThrow(
      /openaiEncoding: expected .*cl100k_base/,
    );
  });

  test("an id outside the vocabulary is named with its place", () => {
    expect(() => gpt2.decode([64, 60000])).toThrow(
      "gpt2 decode: expected ids of this vocabulary, got 60000 at index 1",
    );
    expect(() => gpt2.decode([-1])).toThrow("got -1 at index 0");
    expect(() => gpt2.decode([1.5])).toThrow("got 1.5 at index 0");
  });

  test("anything but a string is refused", () => {
    expect(() => gpt2.encode(7 as unknown as string)).toThrow("gpt2 encode: expected a string, got 7");
  });

  test("an unknown control token is named", () => {
    expect(() => gpt2.encode("a", { allowedSpecial: ["<|endoftxt|>"] })).toThrow(
      "did you mean <|endoftext|>?",
    );
  });
});
