/** How varied texts are: distinct n-grams (Li et al., arXiv 1510.03055) and BLEU of each text against the others. */
import { fail } from "../../core/errors.ts";
import { sentenceBleu, type BleuOptions } from "./bleu.ts";
import { splitWords } from "./check.ts";

/** Different n-grams of all texts per n-gram; 0 when there is none. 1: nothing is said twice. */
export function distinctN(texts: readonly string[], n: number): number {
  if (!Number.isInteger(n) || n < 1) fail("distinctN", { expected: "n of at least 1", got: n });
  const seen = new Set<string>();
  let total = 0;
  for (const text of texts) {
    const words = splitWords(text);
    for (let start = 0; start + n <= words.length; start++) {
      seen.add(words.slice(start, start + n).join(" "));
      total++;
    }
  }
  return total === 0 ? 0 : seen.size / total;
}

/** Mean BLEU of each text against all others (Zhu et al., arXiv 1802.01886): 100 when all are equal. */
export function selfBleu(texts: readonly string[], options: BleuOptions = {}): number {
  if (texts.length < 2) fail("selfBleu", { expected: "at least two texts", got: texts.length });
  const scores = texts.map((text, i) => sentenceBleu(text, texts.toSpliced(i, 1), options).score);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
