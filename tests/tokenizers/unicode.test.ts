import { expect, test } from "vitest";
import {
  LETTER,
  LOWER,
  NUMBER,
  SPACE,
  SURROGATE,
  UPPER,
  astralClasses,
  unitClasses,
} from "../../lib/tokenizers/unicode.ts";

function classesOf(codePoint: number): number {
  return codePoint < 0x10000 ? unitClasses[codePoint] : astralClasses(codePoint);
}

function countOf(bits: number): number {
  let count = 0;
  for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
    const classes = classesOf(codePoint);
    if (classes !== SURROGATE && (classes & bits) !== 0) count++;
  }
  return count;
}

/** Counted with fancy-regex 0.19 (tiktoken 0.14.0) over all code points; Oniguruma (tokenizers 0.23.3) agrees. */
test("the classes hold as many characters as Unicode 16.0 says", () => {
  expect(countOf(LETTER)).toBe(141_028);
  expect(countOf(NUMBER)).toBe(1911);
  expect(countOf(SPACE)).toBe(25);
  expect(countOf(UPPER)).toBe(1858 + 31 + 404 + 136_477 + 2501);
  expect(countOf(LOWER)).toBe(2258 + 404 + 136_477 + 2501);
});

test("white space is Unicode's, not JavaScript's", () => {
  expect(classesOf(0x85)).toBe(SPACE);
  expect(classesOf(0xfeff)).toBe(0);
});

test("a letter of Unicode 17.0 is no letter yet", () => {
  expect(classesOf(0x323b0) & LETTER).toBe(0);
  expect(classesOf(0x20000) & LETTER).toBe(LETTER);
});
