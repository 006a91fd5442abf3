/** Word and character error rate: edits per word or character of the reference. Equal to jiwer. */
import { fail } from "../../core/errors.ts";
import { checkLengths } from "./check.ts";
import { editDistance } from "./edit-distance.ts";

/** Edits over all texts, per reference word; may exceed 1. Words are what stands between blanks. */
export function wordErrorRate(texts: readonly string[], references: readonly string[]): number {
  return errorRate("wordErrorRate", texts, references, (text) =>
    text
      .replace(/\s\s+/g, " ")
      .trim()
      .split(" ")
      .filter((word) => word !== ""),
  );
}

/** Edits over all texts, per reference character (Unicode code points, without the space around the text). */
export function characterErrorRate(texts: readonly string[], references: readonly string[]): number {
  return errorRate("characterErrorRate", texts, references, (text) => Array.from(text.trim()));
}

function errorRate(
  where: string,
  texts: readonly string[],
  references: readonly string[],
  split: (text: string) => string[],
): number {
  checkLengths(where, { texts, references });
  let [edits, length] = [0, 0];
  references.forEach((reference, i) => {
    const theirs = split(reference);
    edits += editDistance(theirs, split(texts[i])).distance;
    length += theirs.length;
  });
  if (length === 0) fail(where, { expected: "references with words", got: "empty ones" });
  return edits / length;
}
