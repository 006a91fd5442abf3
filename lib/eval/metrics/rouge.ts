/**
 * ROUGE (Lin, 2004): how much of a reference a summary contains. ROUGE-1 and -2 count words and pairs, ROUGE-L the
 * longest common subsequence, ROUGE-Lsum the same line by line. Equal to Google's rouge-score.
 */
import { checkLengths, countItems, overlap } from "./check.ts";
import { porterStem } from "./porter-stemmer.ts";

export const ROUGE_KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"] as const;
export type RougeKind = (typeof ROUGE_KINDS)[number];

export interface RougeScore {
  precision: number;
  recall: number;
  fmeasure: number;
}

export type RougeScores = Record<RougeKind, RougeScore>;

export interface RougeOptions {
  /** Compare stems of words longer than three letters. */
  stem?: boolean;
}

/** Of one text and one reference, each score from 0 to 1. */
export function rouge(text: string, reference: string, { stem = false }: RougeOptions = {}): RougeScores {
  const [ours, theirs] = [text, reference].map((line) => words(line, stem));
  const [ourLines, theirLines] = [text, reference].map((whole) =>
    whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => words(line, stem)),
  );
  return {
    rouge1: gramScore(ours, theirs, 1),
    rouge2: gramScore(ours, theirs, 2),
    rougeL: scoreOf(commonLength(theirs, ours), ours.length, theirs.length),
    rougeLsum: lineScore(ourLines, theirLines),
  };
}

/** Mean scores over texts; of several references the one with the best F counts, for each kind. */
export function corpusRouge(
  texts: readonly string[],
  references: readonly (readonly string[])[],
  options: RougeOptions = {},
): RougeScores {
  checkLengths("corpusRouge", { texts, references });
  const all = texts.map((text, i) => {
    checkLengths("corpusRouge", { references: references[i] });
    return references[i].map((reference) => rouge(text, reference, options));
  });
  const meanOf = (kind: RougeKind): RougeScore => {
    const best = all.map((scores) =>
      scores.map((score) => score[kind]).reduce((a, b) => (b.fmeasure > a.fmeasure ? b : a)),
    );
    const mean = (part: keyof RougeScore): number =>
      best.reduce((sum, score) => sum + score[part], 0) / best.length;
    return { precision: mean("precision"), recall: mean("recall"), fmeasure: mean("fmeasure") };
  };
  return Object.fromEntries(ROUGE_KINDS.map((kind) => [kind, meanOf(kind)])) as RougeScores;
}

/** Lower-case letters and digits of ASCII, everything else is a border. */
function words(text: string, stem: boolean): string[] {
  const found = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return stem ? found.map((word) => (word.length > 3 ? porterStem(word) : word)) : found;
}

function gramScore(ours: readonly string[], theirs: readonly string[], n: number): RougeScore {
  const [a, b] = [ours, theirs].map((list) => countItems(grams(list, n)));
  return scoreOf(overlap(a, b), Math.max(0, ours.length - n + 1), Math.max(0, theirs.length - n + 1));
}

function* grams(list: readonly string[], n: number): Generator<string> {
  for (let start = 0; start + n <= list.length; start++) yield list.slice(start, start + n).join(" ");
}

function scoreOf(common: number, ours: number, theirs: number): RougeScore {
  const precision = ours > 0 ? common / ours : 0;
  const recall = theirs > 0 ? common / theirs : 0;
  return { precision, recall, fmeasure: fmeasure(precision, recall) };
}

const fmeasure = (precision: number, recall: number): number =>
  precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;

/** Lengths of longest common subsequences of all beginnings, `[a.length + 1, b.length + 1]`. */
function commonTable(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      table[i * width + j] =
        a[i - 1] === b[j - 1]
          ? table[(i - 1) * width + j - 1] + 1
          : Math.max(table[(i - 1) * width + j], table[i * width + j - 1]);
  return table;
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  const table = commonTable(a, b);
  return table[table.length - 1];
}

/** Places in `a` of a longest common subsequence with `b`. */
function commonPlaces(a: readonly string[], b: readonly string[]): number[] {
  const table = commonTable(a, b);
  const width = b.length + 1;
  const places: number[] = [];
  let [i, j] = [a.length, b.length];
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      places.push(i - 1);
      i--;
      j--;
    } else if (table[i * width + j - 1] > table[(i - 1) * width + j]) j--;
    else i--;
  }
  return places.reverse();
}

/** For each reference line the union over all lines of the text; a word counts no more often than it occurs. */
function lineScore(ours: readonly string[][], theirs: readonly string[][]): RougeScore {
  const [ourCounts, theirCounts] = [ours, theirs].map((lines) => countItems(lines.flat()));
  const sizes = [ours, theirs].map((lines) => lines.reduce((sum, { length }) => sum + length, 0));
  let hits = 0;
  for (const line of theirs) {
    const union = new Set(ours.flatMap((other) => commonPlaces(line, other)));
    for (const place of [...union].sort((a, b) => a - b)) {
      const word = line[place];
      const [left, right] = [ourCounts.get(word) ?? 0, theirCounts.get(word) ?? 0];
      if (left === 0 || right === 0) continue;
      hits++;
      ourCounts.set(word, left - 1);
      theirCounts.set(word, right - 1);
    }
  }
  return sizes.some((size) => size === 0) ? scoreOf(0, 1, 1) : scoreOf(hits, sizes[0], sizes[1]);
}
