/**
 * One way to complain: `where: expected …, got …; hint`.
 *
 * Checks belong at a folder's public boundary and run once; inside, code trusts its arguments.
 * The sentence is for the person at the notebook, so it names the argument, shows what came, and, where
 * there is an obvious next step, says it.
 */
import { inspect } from "node:util";

/** An error whose message is meant to be read by the user: a wrong argument, file, or setting. */
export class GradbookError extends Error {
  override readonly name = "GradbookError";
  /** The function, file or setting that complains, as in the message. */
  readonly where: string;

  constructor(where: string, sentence: string, options?: { cause?: unknown }) {
    super(`${where}: ${sentence}`, options);
    this.where = where;
  }
}

export interface Complaint {
  /** What would have been right, e.g. `"a number between 0 and 1"`. */
  expected: string;
  /** What came instead. A string is used as it stands, anything else is shown as `shown()` does. */
  got?: unknown;
  /** What to do about it, e.g. `"did you mean heads?"`. */
  hint?: string;
  cause?: unknown;
}

/**
 * Throw a GradbookError that says what was expected and what came.
 *
 * @example
 * fail("attention", { expected: "heads that divide width 384", got: "heads 5", hint: "try 6" });
 * // GradbookError: attention: expected heads that divide width 384, got heads 5; try 6
 */
export function fail(where: string, { expected, got, hint, cause }: Complaint): never {
  const seen = got === undefined ? "" : `, got ${typeof got === "string" ? got : shown(got)}`;
  throw new GradbookError(where, `expected ${expected}${seen}${hint ? `; ${hint}` : ""}`, { cause });
}

/** A value in at most `limit` characters on one line, for error messages. Strings are quoted. */
export function shown(value: unknown, limit = 80): string {
  const line = inspect(value, {
    depth: 1,
    compact: true,
    breakLength: Infinity,
    maxArrayLength: 8,
    maxStringLength: limit,
  });
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}

/**
 * The known name closest to a mistyped one, or undefined when none is near enough to be meant.
 *
 * Near enough: at most a third of the longer name has to be edited (Levenshtein distance, case ignored).
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (distance <= allowed && distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
