/**
 * The four Unicode normal forms with a record of what became what, at Unicode 9.0 as in Hugging Face.
 *
 * JavaScript's `normalize` gives the text but not the alignment, so here the standard's algorithm (UAX 15) runs
 * step by step: decompose, put marks in order, compose again. What a single character decomposes into, which of
 * two marks goes first, and whether two characters compose is still asked of `normalize`.
 */
import type { Change } from "./aligned-text.ts";
import { isNormalizedSince9 } from "./unicode-history.ts";

export type NormalForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/** A mark of the highest combining class: what moves before it is a mark. */
const LAST_MARK = "\u0345";

/** The normal form of a text. */
export function normalForm(text: string, form: NormalForm): string {
  if (!/[^\0-\u07fc]/.test(text)) return text.normalize(form);
  for (const character of text) {
    if (isNormalizedSince9(character.codePointAt(0)!)) {
      return [...normalFormChanges(text, form)].map((change) => change.character).join("");
    }
  }
  return text.normalize(form);
}

/** The normal form of a text, character by character with what each one does to the old text. */
export function normalFormChanges(text: string, form: NormalForm): Iterable<Change> {
  const decomposed = decompose(text, form === "NFC" || form === "NFD" ? "NFD" : "NFKD");
  return form === "NFC" || form === "NFKC" ? compose(decomposed) : decomposed;
}

function* decompose(text: string, form: "NFD" | "NFKD"): Iterable<Change> {
  // Marks wait until the next starter shows that their order is final.
  let waiting: Change[] = [];
  for (const character of text) {
    const parts = isNormalizedSince9(character.codePointAt(0)!) ? character : character.normalize(form);
    let change = 0;
    for (const part of parts) {
      if (!isMark(part)) {
        yield* waiting;
        waiting = [];
      }
      // Insertion keeps the order of marks of the same class.
      let place = waiting.length;
      while (place > 0 && goesBefore(part, waiting[place - 1].character)) place--;
      waiting.splice(place, 0, { character: part, change });
      change = 1;
    }
  }
  yield* waiting;
}

function* compose(characters: Iterable<Change>): Iterable<Change> {
  let starter: Change | undefined;
  let marks: Change[] = [];
  for (const next of characters) {
    const nextIsMark = isMark(next.character);
    if (starter === undefined) {
      if (nextIsMark) yield next;
      else starter = next;
      continue;
    }
    const last = marks.at(-1);
    const isBlocked = last !== undefined && (!nextIsMark || !goesBefore(last.character, next.character));
    const composed = isBlocked ? undefined : composePair(starter.character, next.character);
    if (composed !== undefined) {
      starter = { character: composed, change: starter.change + next.change - 1 };
    } else if (nextIsMark) {
      marks.push(next);
    } else {
      yield starter;
      yield* marks;
      starter = next;
      marks = [];
    }
  }
  if (starter !== undefined) yield starter;
  yield* marks;
}

/** Whether a decomposed character has a combining class other than zero. */
function isMark(character: string): boolean {
  const codePoint = character.codePointAt(0)!;
  if (codePoint < 0x300 || isNormalizedSince9(codePoint)) return false;
  return character === LAST_MARK || (LAST_MARK + character).normalize("NFD") !== LAST_MARK + character;
}

/** Whether mark `a` has a lower combining class than mark `b`. */
function goesBefore(a: string, b: string): boolean {
  return a !== b && isMark(a) && isMark(b) && (b + a).normalize("NFD") === a + b;
}

function composePair(a: string, b: string): string | undefined {
  if (isNormalizedSince9(a.codePointAt(0)!) || isNormalizedSince9(b.codePointAt(0)!)) return undefined;
  const composed = (a + b).normalize("NFC");
  const codePoint = composed.codePointAt(0)!;
  const isOne = composed.length === (codePoint > 0xffff ? 2 : 1);
  return isOne && !isNormalizedSince9(codePoint) ? composed : undefined;
}
