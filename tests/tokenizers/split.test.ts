import { describe, expect, test } from "vitest";
import { textUnits } from "../../lib/tokenizers/bytes.ts";
import { onigurumaPattern } from "../../lib/tokenizers/pipeline/pattern.ts";
import { patternOf, splitNamed, splitNames, splitterOf } from "../../lib/tokenizers/split/index.ts";
import type { SplitName } from "../../lib/tokenizers/split/index.ts";
import { fuzzTexts } from "./fuzz-text.ts";

function pieces(name: SplitName, text: string): string[] {
  const units = textUnits(text);
  const cut: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = splitterOf(name)(units, start, text.length);
    cut.push(text.slice(start, end));
    start = end;
  }
  return cut;
}

describe.each(splitNames)("the hand-written splitter %s", (name) => {
  test("cuts as its regular expression does", () => {
    const pattern = onigurumaPattern(patternOf(name), name);
    for (const text of fuzzTexts(21, 1500, { surrogates: false })) {
      expect(pieces(name, text)).toEqual(Array.from(text.matchAll(pattern), ([piece]) => piece));
    }
  });

  test("is found by its regular expression", () => {
    expect(splitNamed(patternOf(name))).toBe(name);
  });
});

test("GPT-2 keeps a blank with the word behind it, and numbers whole", () => {
  expect(pieces("gpt2", "I'll pay  $1000,\n now")).toEqual([
    "I",
    "'ll",
    " pay",
    " ",
    " $",
    "1000",
    ",",
    "\n",
    " now",
  ]);
});

test("cl100k cuts numbers in threes and keeps line breaks with signs", () => {
  expect(pieces("cl100k", "a=12345;\n\n  b")).toEqual(["a", "=", "123", "45", ";\n\n", " ", " b"]);
});

test("cl100k keeps white space at the end whole, Llama 3 cuts behind the line break", () => {
  expect(pieces("cl100k", "a\n  ")).toEqual(["a", "\n  "]);
  expect(pieces("llama3", "a\n  ")).toEqual(["a", "\n", "  "]);
});

test("Qwen cuts every digit", () => {
  expect(pieces("qwen2", "x42")).toEqual(["x", "4", "2"]);
});

test("o200k breaks camel case and keeps contractions with their word", () => {
  expect(pieces("o200k", "camelCase WE'LL HTTPServer")).toEqual(["camel", "Case", " WE'LL", " HTTPServer"]);
});

test("the long s counts as an s where case is ignored", () => {
  expect(pieces("cl100k", "it'ſ")).toEqual(["it", "'ſ"]);
  expect(pieces("gpt2", "it'ſ")).toEqual(["it", "'", "ſ"]);
});
