/**
 * Text that remembers where it came from: while it is normalised and cut, every UTF-16 unit keeps the stretch
 * `[start, end)` of the original text that it stands for.
 *
 * The rules follow Hugging Face's `NormalizedString`, so that offsets come out equal: a character that is put
 * in shares the stretch of the one before it, one that replaces another takes over its stretch.
 */

/** A new text and, per UTF-16 unit of it, the unit of the old text whose stretch it takes over; -1: none. */
export interface Rewriting {
  text: string;
  sources: number[];
}

export class AlignedText {
  readonly text: string;
  /** Where in the original this text begins. */
  readonly originalStart: number;
  /** Per unit its stretch; undefined while the text is an unchanged slice of the original. */
  private readonly starts: readonly number[] | undefined;
  private readonly ends: readonly number[] | undefined;

  constructor(text: string, originalStart = 0, starts?: readonly number[], ends?: readonly number[]) {
    this.text = text;
    this.originalStart = originalStart;
    this.starts = starts;
    this.ends = ends;
  }

  /** Where the stretch of unit `at` begins. */
  startOf(at: number): number {
    if (this.starts !== undefined) return this.starts[at];
    const isSecondHalf = at > 0 && isLow(this.text, at) && isHigh(this.text, at - 1);
    return this.originalStart + at - (isSecondHalf ? 1 : 0);
  }

  /** Where the stretch of unit `at` ends. */
  endOf(at: number): number {
    if (this.ends !== undefined) return this.ends[at];
    const isFirstHalf = isHigh(this.text, at) && at + 1 < this.text.length && isLow(this.text, at + 1);
    return this.originalStart + at + (isFirstHalf ? 2 : 1);
  }

  /** The stretch of the original behind `[from, to)`. */
  offsets(from: number, to: number): [number, number] {
    if (from >= to) return [this.originalStart + from, this.originalStart + to];
    return [this.startOf(from), this.endOf(to - 1)];
  }

  slice(from: number, to: number): AlignedText {
    const text = this.text.slice(from, to);
    if (this.starts === undefined) return new AlignedText(text, this.originalStart + from);
    return new AlignedText(
      text,
      from < to ? this.starts[from] : this.originalStart,
      this.starts.slice(from, to),
      this.ends!.slice(from, to),
    );
  }

  rewrite({ text, sources }: Rewriting): AlignedText {
    const starts = sources.map((source) => (source < 0 ? this.originalStart : this.startOf(source)));
    const ends = sources.map((source) => (source < 0 ? this.originalStart : this.endOf(source)));
    return new AlignedText(text, this.originalStart, starts, ends);
  }

  /** The same place with another text, when nobody asks for offsets. */
  withText(text: string): AlignedText {
    return new AlignedText(text, this.originalStart);
  }
}

function isHigh(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isLow(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** Builds a rewriting character by character. */
export class RewritingBuilder {
  private text = "";
  private readonly sources: number[] = [];

  /** Append characters that all take over the stretch of unit `source`. */
  add(characters: string, source: number): void {
    this.text += characters;
    for (let i = 0; i < characters.length; i++) this.sources.push(source);
  }

  build(): Rewriting {
    return { text: this.text, sources: this.sources };
  }
}

/** Rewrite each character on its own; "" drops it. Undefined when nothing changes. */
export function rewriteCharacters(
  text: string,
  replace: (character: string) => string,
): Rewriting | undefined {
  const builder = new RewritingBuilder();
  let changed = false;
  let at = 0;
  for (const character of text) {
    const replacement = replace(character);
    changed ||= replacement !== character;
    builder.add(replacement, at);
    at += character.length;
  }
  return changed ? builder.build() : undefined;
}

/**
 * One character of a normal form with what it does to the old text: 0 replaces the next old character, 1 is
 * put in, -n replaces one and swallows the n behind it.
 */
export interface Change {
  character: string;
  change: number;
}

/** The rewriting that a list of changes describes. */
export function rewritingOf(old: string, changes: Iterable<Change>): Rewriting {
  const builder = new RewritingBuilder();
  let at = 0;
  const step = () => (at += (old.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  for (const { character, change } of changes) {
    if (change > 0) {
      builder.add(character, Math.min(at, old.length) - 1);
      continue;
    }
    builder.add(character, Math.min(at, old.length - 1));
    for (let left = 1 - change; left > 0; left--) step();
  }
  return builder.build();
}
