/** What metrics ask of their arguments. */
import { fail } from "../../core/errors.ts";

/** @throws GradbookError unless the lists have one length, at least 1 */
export function checkLengths(
  where: string,
  lists: Readonly<Record<string, { readonly length: number }>>,
): void {
  const entries = Object.entries(lists);
  const [[first, { length }]] = entries;
  if (length === 0) fail(where, { expected: `at least one of ${first}`, got: "none" });
  for (const [name, list] of entries)
    if (list.length !== length)
      fail(where, { expected: `as many ${name} as ${first}: ${length}`, got: list.length });
}

/** What Python's str.split() takes for space: unlike JavaScript's \s, U+0085 and U+001C–1F, but not U+FEFF. */
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** The words between spaces. */
export function splitWords(text: string): string[] {
  return text.split(SPACE).filter((word) => word !== "");
}

/** How often each item occurs. */
export function countItems<T>(items: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** How many items two counts have in common. */
export function overlap<T>(a: ReadonlyMap<T, number>, b: ReadonlyMap<T, number>): number {
  let common = 0;
  for (const [item, count] of a) common += Math.min(count, b.get(item) ?? 0);
  return common;
}
