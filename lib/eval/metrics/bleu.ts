/**
 * BLEU (Papineni et al., ACL 2002): the geometric mean of how many n-grams of a text occur in its references, times a
 * penalty for being too short. Equal to sacrebleu (Post, arXiv 1804.08771) with all of its smoothings
 * (Chen & Cherry, WMT 2014).
 */
import { fail } from "../../core/errors.ts";
import { BLEU_TOKENIZERS, tokenizeForBleu, type BleuTokenizer, type BleuWords } from "./bleu-tokenizers.ts";
import { checkLengths, countItems } from "./check.ts";

export const SMOOTHINGS = ["exp", "floor", "add-k", "none"] as const;

export interface BleuOptions {
  /** Default "13a". `bleuPieces(file, "flores200")` cuts with a SentencePiece model. */
  tokenize?: BleuTokenizer | BleuWords;
  /** What to do where no n-gram of an order matches; default "exp". */
  smoothing?: (typeof SMOOTHINGS)[number];
  /** For floor (default 0.1) and add-k (default 1). */
  smoothingValue?: number;
  lowercase?: boolean;
  /** Longest n-gram; default 4. */
  order?: number;
}

export interface BleuScore {
  /** 0 to 100. */
  score: number;
  /** Of each order, 0 to 100. */
  precisions: number[];
  brevityPenalty: number;
  /** Words of the texts, and of the references closest in length. */
  length: number;
  referenceLength: number;
  /** What another program needs to repeat the number. */
  signature: string;
}

/** Matches and n-grams of each order, and lengths: what BLEU is computed from. They add up over texts. */
export interface BleuCounts {
  matches: number[];
  totals: number[];
  length: number;
  referenceLength: number;
}

/**
 * BLEU of texts against references, over all of them together.
 *
 * @param references for each text one or several
 * @throws GradbookError when there are not as many lists of references as texts, or an option is unknown
 * @example corpusBleu(["the cat sat"], [["the cat sat down", "a cat sat"]]).score
 */
export function corpusBleu(
  texts: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): BleuScore {
  checkLengths("corpusBleu", { texts, references });
  checkOptions(options);
  const counts = texts.map((text, i) => bleuCounts(text, references[i], options));
  const most = Math.max(...references.map(({ length }) => length));
  return bleuFromCounts(addBleuCounts(counts), { ...options, effectiveOrder: false, references: most });
}

/** BLEU of one text; orders longer than the text do not count. */
export function sentenceBleu(
  text: string,
  references: readonly string[],
  options: BleuOptions = {},
): BleuScore {
  checkOptions(options);
  const counts = bleuCounts(text, references, options);
  return bleuFromCounts(counts, { ...options, effectiveOrder: true, references: references.length });
}

export function bleuCounts(text: string, references: readonly string[], options: BleuOptions): BleuCounts {
  const { order = 4, tokenize = "13a", lowercase = false } = options;
  if (references.length === 0) fail("bleu", { expected: "at least one reference", got: "none" });
  const wordsOf = (line: string): string[] =>
    tokenizeForBleu(lowercase ? line.toLowerCase().trimEnd() : line.trimEnd(), tokenize);
  const words = wordsOf(text);
  const theirs = references.map(wordsOf);
  const best = new Map<string, number>();
  for (const other of theirs)
    for (const [gram, count] of countItems(grams(other, order)))
      best.set(gram, Math.max(best.get(gram) ?? 0, count));
  const matches = new Array<number>(order).fill(0);
  const totals = Array.from({ length: order }, (_, n) => Math.max(0, words.length - n));
  for (const [gram, count] of countItems(grams(words, order)))
    matches[gramOrder(gram) - 1] += Math.min(count, best.get(gram) ?? 0);
  return { matches, totals, length: words.length, referenceLength: closest(theirs, words.length) };
}

export function addBleuCounts(all: readonly BleuCounts[]): BleuCounts {
  const add = (of: (counts: BleuCounts) => readonly number[]): number[] =>
    all.map(of).reduce<number[]>((sum, counts) => counts.map((count, n) => count + (sum[n] ?? 0)), []);
  const [length, referenceLength] = add((counts) => [counts.length, counts.referenceLength]);
  return {
    matches: add(({ matches }) => matches),
    totals: add(({ totals }) => totals),
    length,
    referenceLength,
  };
}

export function bleuFromCounts(
  { matches, totals, length, referenceLength }: BleuCounts,
  options: BleuOptions & { effectiveOrder: boolean; references: number },
): BleuScore {
  const { smoothing = "exp", order = 4, effectiveOrder } = options;
  const value = options.smoothingValue ?? (smoothing === "floor" ? 0.1 : 1);
  const short = length < referenceLength;
  const brevityPenalty = !short ? 1 : length > 0 ? Math.exp(1 - referenceLength / length) : 0;
  const precisions = new Array<number>(order).fill(0);
  const rest = { precisions, brevityPenalty, length, referenceLength, signature: signatureOf(options) };
  if (!matches.some((count) => count > 0)) return { score: 0, ...rest };
  let used = order;
  let halving = 1;
  for (let n = 0; n < order; n++) {
    const added = smoothing === "add-k" && n > 0 ? value : 0;
    const [match, total] = [matches[n] + added, totals[n] + added];
    if (total === 0) break;
    if (effectiveOrder) used = n + 1;
    if (match > 0) precisions[n] = (100 * match) / total;
    else if (smoothing === "exp") precisions[n] = 100 / ((halving *= 2) * total);
    else if (smoothing === "floor") precisions[n] = (100 * value) / total;
  }
  // A precision of zero makes the score zero.
  const logs = precisions.slice(0, used).map((p) => (p === 0 ? -9999999999 : Math.log(p)));
  return { score: brevityPenalty * Math.exp(logs.reduce((sum, log) => sum + log, 0) / used), ...rest };
}

/** n-grams of all orders up to the longest; words are joined by a character that no word holds. */
const JOINT = "\u0000";

function* grams(words: readonly string[], longest: number): Generator<string> {
  for (let start = 0; start < words.length; start++) {
    let gram = words[start];
    yield gram;
    for (let n = 1; n < longest && start + n < words.length; n++) yield (gram += JOINT + words[start + n]);
  }
}

const gramOrder = (gram: string): number => gram.split(JOINT).length;

/** The length of the reference closest to `length`; of two equally close the shorter. */
function closest(references: readonly (readonly string[])[], length: number): number {
  return references
    .map((words) => words.length)
    .reduce((best, next) => {
      const [a, b] = [Math.abs(best - length), Math.abs(next - length)];
      return b < a || (b === a && next < best) ? next : best;
    });
}

function checkOptions({ tokenize = "13a", smoothing = "exp", order = 4 }: BleuOptions): void {
  if (typeof tokenize === "string" && !BLEU_TOKENIZERS.includes(tokenize))
    fail("bleu", {
      expected: `tokenize ${BLEU_TOKENIZERS.join(", ")}`,
      got: tokenize,
      hint: hintFor(tokenize),
    });
  if (!SMOOTHINGS.includes(smoothing))
    fail("bleu", { expected: `smoothing ${SMOOTHINGS.join(", ")}`, got: smoothing });
  if (!Number.isInteger(order) || order < 1) fail("bleu", { expected: "an order of at least 1", got: order });
}

/** What to do instead of a name that sacrebleu has. */
function hintFor(tokenize: string): string | undefined {
  const name = tokenize === "spm" ? "flores101" : tokenize;
  if (/^(flores|spBLEU)/.test(name))
    return `it needs a SentencePiece model: tokenize: bleuPieces("PATH.model", "${name}")`;
  return /mecab/.test(name) ? "it needs MeCab, which is left out here; char cuts by character" : undefined;
}

function signatureOf(options: BleuOptions & { effectiveOrder: boolean; references: number }): string {
  const { lowercase = false, effectiveOrder, tokenize = "13a", smoothing = "exp", smoothingValue } = options;
  const defaults = { floor: 0.1, "add-k": 1, exp: undefined, none: undefined };
  const value = smoothingValue ?? defaults[smoothing];
  const smooth = value === undefined ? smoothing : `${smoothing}[${value.toFixed(2)}]`;
  const parts = [`nrefs:${options.references}`, `case:${lowercase ? "lc" : "mixed"}`];
  return [
    ...parts,
    `eff:${effectiveOrder ? "yes" : "no"}`,
    `tok:${typeof tokenize === "string" ? tokenize : tokenize.name}`,
    `smooth:${smooth}`,
  ].join("|");
}
