/**
 * chrF (Popović, WMT 2015) and chrF++ (WMT 2017): the F-score of character n-grams, with word n-grams in chrF++.
 * Recall counts β = 2 times as much as precision. Equal to sacrebleu.
 */
import { checkLengths, countItems, overlap, splitWords } from "./check.ts";

export interface ChrfOptions {
  /** Longest character n-gram; default 6. */
  characterOrder?: number;
  /** Longest word n-gram; default 0, chrF++ takes 2. */
  wordOrder?: number;
  /** Default 2. */
  beta?: number;
  lowercase?: boolean;
}

/** For each order: n-grams of the text, of the reference, and in both. */
type Counts = [text: number, reference: number, both: number][];

/**
 * chrF of texts against references, over all of them together, 0 to 100. Of several references the one with the
 * highest score counts.
 */
export function corpusChrf(
  texts: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions = {},
): number {
  checkLengths("corpusChrf", { texts, references });
  const all = texts.map((text, i) => bestCounts(text, references[i], options));
  const sums = all.reduce((sum, counts) =>
    counts.map((three, order) => three.map((count, i) => count + sum[order][i]) as Counts[number]),
  );
  return score(sums, options);
}

/** chrF of one text. */
export function sentenceChrf(text: string, references: readonly string[], options: ChrfOptions = {}): number {
  checkLengths("sentenceChrf", { references });
  return score(bestCounts(text, references, options), options);
}

function bestCounts(text: string, references: readonly string[], options: ChrfOptions): Counts {
  const ours = gramCounts(text, options);
  const all = references.map((reference): Counts => {
    const theirs = gramCounts(reference, options);
    return ours.map((counts, order) => {
      const [hypothesis, total] = [sizeOf(counts), sizeOf(theirs[order])];
      return [total > 0 ? hypothesis : 0, total, overlap(counts, theirs[order])];
    });
  });
  return all.reduce((best, counts) => (score(counts, options) > score(best, options) ? counts : best));
}

function score(counts: Counts, { beta = 2 }: ChrfOptions): number {
  const present = counts.filter(([text, reference]) => text > 0 && reference > 0);
  if (present.length === 0) return 0;
  const mean = (of: (three: Counts[number]) => number): number =>
    present.reduce((sum, three) => sum + of(three), 0) / present.length;
  const precision = mean(([text, , both]) => both / text);
  const recall = mean(([, reference, both]) => both / reference);
  if (precision + recall === 0) return 0;
  return (100 * (1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
}

function gramCounts(line: string, options: ChrfOptions): Map<string, number>[] {
  const { characterOrder = 6, wordOrder = 0, lowercase = false } = options;
  const text = lowercase ? line.toLowerCase() : line;
  const characters = Array.from(splitWords(text).join(""));
  const words = wordOrder > 0 ? splitWords(text).flatMap(apart) : [];
  const counts = (items: readonly string[], joint: string, longest: number): Map<string, number>[] =>
    Array.from({ length: longest }, (_, n) => countItems(windows(items, n + 1, joint)));
  return [...counts(characters, "", characterOrder), ...counts(words, " ", wordOrder)];
}

function* windows(items: readonly string[], length: number, joint: string): Generator<string> {
  for (let start = 0; start + length <= items.length; start++)
    yield items.slice(start, start + length).join(joint);
}

const PUNCTUATION = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

/** A mark at the end of a word, or else at its beginning, is a word by itself. */
function apart(word: string): string[] {
  const characters = Array.from(word);
  if (characters.length === 1) return [word];
  const [first, last] = [characters[0], characters[characters.length - 1]];
  if (PUNCTUATION.has(last)) return [characters.slice(0, -1).join(""), last];
  return PUNCTUATION.has(first) ? [first, characters.slice(1).join("")] : [word];
}

function sizeOf(counts: ReadonlyMap<string, number>): number {
  let size = 0;
  for (const count of counts.values()) size += count;
  return size;
}
