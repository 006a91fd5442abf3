/**
 * Translation edit rate (Snover et al., AMTA 2006): edits per reference word, where moving a stretch of words counts
 * as one edit. Equal to sacrebleu's, which follows Tercom's heuristics: shifts are tried greedily, at most ten words
 * at a time over at most fifty places, and edit distances look only near the diagonal.
 * Left out: Tercom's treatment of Asian scripts.
 */
import { western } from "./bleu-tokenizers.ts";
import { checkLengths, splitWords } from "./check.ts";

export interface TerOptions {
  /** Cut punctuation off words. */
  normalized?: boolean;
  /** Remove punctuation. */
  noPunctuation?: boolean;
  caseSensitive?: boolean;
}

/** TER of texts against references over all of them together, in percent: 0 is equal, 100 or more is bad. */
export function corpusTer(
  texts: readonly string[],
  references: readonly (readonly string[])[],
  options: TerOptions = {},
): number {
  checkLengths("corpusTer", { texts, references });
  const all = texts.map((text, i) => editsOf(text, references[i], options));
  const edits = all.reduce((sum, one) => sum + one.edits, 0);
  const length = all.reduce((sum, one) => sum + one.length, 0);
  return rate(edits, length);
}

export function sentenceTer(text: string, references: readonly string[], options: TerOptions = {}): number {
  checkLengths("sentenceTer", { references });
  const { edits, length } = editsOf(text, references, options);
  return rate(edits, length);
}

function rate(edits: number, length: number): number {
  if (length > 0) return (100 * edits) / length;
  return edits > 0 ? 100 : 0;
}

/** Fewest edits over the references, and their mean length. */
function editsOf(text: string, references: readonly string[], options: TerOptions) {
  const words = wordsOf(text, options);
  const theirs = references.map((reference) => wordsOf(reference, options));
  return {
    edits: Math.min(...theirs.map((reference) => translationEdits(words, reference))),
    length: theirs.reduce((sum, { length }) => sum + length, 0) / theirs.length,
  };
}

function wordsOf(text: string, { normalized, noPunctuation, caseSensitive }: TerOptions): string[] {
  let line = caseSensitive ? text : text.toLowerCase();
  if (normalized) {
    line = line
      .replace(/\n-/g, "")
      .replace(/\n/g, " ")
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">");
    line = normalizedWestern(` ${line} `);
  }
  if (noPunctuation) line = line.replace(/[.,?:;!"()]/g, "");
  return splitWords(line);
}

/** As BLEU's, with English possessives apart before points and commas are. */
function normalizedWestern(line: string): string {
  const marks = line.replace(/([{-~[-` -&(-+:-@/])/g, " $1 ");
  return western(marks.replace(/'s /g, " 's ").replace(/'s$/g, " 's"));
}

const LONGEST_SHIFT = 10;
const FURTHEST_SHIFT = 50;
const BEAM = 25;
const MOST_CANDIDATES = 1000;

function translationEdits(text: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return text.length;
  let words = [...text];
  let [shifts, checked] = [0, 0];
  for (;;) {
    const best = bestShift(words, reference, checked);
    checked = best.checked;
    if (checked >= MOST_CANDIDATES || best.gain <= 0) break;
    shifts++;
    words = best.words;
  }
  return shifts + aligned(words, reference).distance;
}

interface Candidate {
  gain: number;
  length: number;
  start: number;
  target: number;
  words: string[];
}

/** The shift that saves most edits; of equals the longest, then the earliest, then the one moved furthest ahead. */
function bestShift(words: string[], reference: readonly string[], checkedBefore: number) {
  const before = aligned(words, reference);
  let best: Candidate | undefined;
  let checked = checkedBefore;
  for (const [start, referenceStart, length] of equalStretches(words, reference)) {
    // Only what is wrong in both texts is worth moving, and not within itself.
    if (!before.textWrong.slice(start, start + length).some(Boolean)) continue;
    if (!before.referenceWrong.slice(referenceStart, referenceStart + length).some(Boolean)) continue;
    const place = before.places[referenceStart];
    if (place >= start && place < start + length) continue;
    let previous = -1;
    for (let offset = -1; offset < length; offset++) {
      const at = referenceStart + offset;
      if (at >= reference.length) break;
      const target = at === -1 ? 0 : before.places[at] + 1;
      if (target === previous) continue;
      previous = target;
      const shifted = shift(words, start, length, target);
      const gain = before.distance - aligned(shifted, reference).distance;
      checked++;
      const candidate = { gain, length, start, target, words: shifted };
      if (!best || isBetter(candidate, best)) best = candidate;
    }
    if (checked >= MOST_CANDIDATES) break;
  }
  return { gain: best?.gain ?? 0, words: best?.words ?? words, checked };
}

function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.gain !== b.gain) return a.gain > b.gain;
  if (a.length !== b.length) return a.length > b.length;
  return a.start !== b.start ? a.start < b.start : a.target < b.target;
}

/** Stretches that occur in both: start in the text, start in the reference, length; all lengths from 1. */
function* equalStretches(
  words: readonly string[],
  reference: readonly string[],
): Generator<[start: number, referenceStart: number, length: number]> {
  for (let start = 0; start < words.length; start++)
    for (let other = 0; other < reference.length; other++) {
      if (Math.abs(other - start) > FURTHEST_SHIFT) continue;
      for (let length = 1; length <= LONGEST_SHIFT; length++) {
        const [i, j] = [start + length - 1, other + length - 1];
        if (i >= words.length || j >= reference.length || words[i] !== reference[j]) break;
        yield [start, other, length];
      }
    }
}

function shift(words: readonly string[], start: number, length: number, target: number): string[] {
  const moved = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  // A target behind the stretch is a place in the text that still holds it; one inside counts from its beginning.
  const place = target < start ? target : target > start + length ? target - length : target;
  return [...rest.slice(0, place), ...moved, ...rest.slice(place)];
}

interface Alignment {
  distance: number;
  /** For each reference word the place in the text that it stands at or behind; −1 before the first. */
  places: number[];
  textWrong: boolean[];
  referenceWrong: boolean[];
}

const [KEPT, CHANGED, DROPPED, ADDED] = [0, 1, 2, 3];

/** Edit distance near the diagonal, and which word belongs to which. Prefers keeping, then dropping, then adding. */
function aligned(words: readonly string[], reference: readonly string[]): Alignment {
  const [rows, columns] = [words.length, reference.length + 1];
  const cost = new Float64Array((rows + 1) * columns).fill(Infinity);
  const step = new Uint8Array(cost.length);
  for (let j = 0; j < columns; j++) {
    cost[j] = j;
    step[j] = ADDED;
  }
  const ratio = rows > 0 ? reference.length / rows : 1;
  const beam = BEAM < ratio / 2 ? Math.ceil(ratio / 2 + BEAM) : BEAM;
  for (let i = 1; i <= rows; i++) {
    const diagonal = Math.floor(i * ratio);
    const last = i === rows ? columns : Math.min(columns, diagonal + beam);
    for (let j = Math.max(0, diagonal - beam); j < last; j++) {
      const [here, above] = [i * columns + j, (i - 1) * columns + j];
      const same = j > 0 && words[i - 1] === reference[j - 1];
      const keep = j > 0 ? cost[above - 1] + (same ? 0 : 1) : Infinity;
      const drop = cost[above] + 1;
      const add = j > 0 ? cost[here - 1] + 1 : Infinity;
      cost[here] = Math.min(keep, drop, add);
      step[here] = keep === cost[here] ? (same ? KEPT : CHANGED) : drop === cost[here] ? DROPPED : ADDED;
    }
  }
  return { distance: cost[cost.length - 1], ...traced(step, rows, reference.length, columns) };
}

function traced(step: Uint8Array, rows: number, length: number, columns: number) {
  const steps: number[] = [];
  for (let [i, j] = [rows, length]; i > 0 || j > 0;) {
    const taken = step[i * columns + j];
    steps.push(taken);
    if (taken !== ADDED) i--;
    if (taken !== DROPPED) j--;
  }
  const [places, textWrong, referenceWrong]: [number[], boolean[], boolean[]] = [[], [], []];
  let place = -1;
  for (const taken of steps.reverse()) {
    const wrong = taken !== KEPT;
    if (taken !== ADDED) {
      place++;
      textWrong.push(wrong);
    }
    if (taken !== DROPPED) {
      places.push(place);
      referenceWrong.push(wrong);
    }
  }
  return { places, textWrong, referenceWrong };
}
