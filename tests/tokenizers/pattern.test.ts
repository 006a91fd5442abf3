import { expect, test } from "vitest";
import { onigurumaPattern } from "../../lib/tokenizers/pipeline/pattern.ts";

function matches(pattern: string, text: string): string[] {
  return Array.from(text.matchAll(onigurumaPattern(pattern, "pattern")), ([match]) => match);
}

test("a possessive quantifier gives nothing back", () => {
  expect(matches("a++b|a", "aab aa")).toEqual(["aab", "a", "a"]);
  expect(matches("a++a", "aaa")).toEqual([]);
  expect(matches("(?>a|ab)c", "abc ac")).toEqual(["ac"]);
});

test("^ and $ mind lines, \\A and \\z do not", () => {
  expect(matches("^.", "ab\ncd")).toEqual(["a", "c"]);
  expect(matches(".$", "ab\ncd")).toEqual(["b", "d"]);
  expect(matches("\\A.", "ab\ncd")).toEqual(["a"]);
  expect(matches(".\\z", "ab\ncd")).toEqual(["d"]);
});

test("classes nest, intersect and know POSIX names", () => {
  expect(matches("[a-f&&[^cd]]+", "abcdef")).toEqual(["ab", "ef"]);
  expect(matches("[[:alpha:]_]+", "snake_case 1é")).toEqual(["snake_case", "é"]);
  expect(matches("[\\w&&[^\\d]]+", "ab12")).toEqual(["ab"]);
});

test("white space is Unicode's", () => {
  expect(matches("\\s", "\u0085\ufeff ")).toEqual(["\u0085", " "]);
});

test("case can be ignored in a part", () => {
  expect(matches("(?i:don't)|x", "DON'T X x")).toEqual(["DON'T", "x"]);
  expect(matches("(?i)abc", "aBC")).toEqual(["aBC"]);
});

test("what is not understood is named", () => {
  expect(() => onigurumaPattern("\\G.", "my pattern")).toThrow(
    /my pattern: expected a regular expression.*\\\\G/,
  );
  expect(() => onigurumaPattern("(?<=a", "my pattern")).toThrow(/a group without end/);
});
