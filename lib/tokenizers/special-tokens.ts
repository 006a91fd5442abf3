/**
 * Finding control tokens in text: the leftmost one, and of those that start there the longest.
 */
import { fail, nearest, shown } from "../core/errors.ts";
import type { EncodeOptions } from "./tokenizer.ts";

export class SpecialTokens {
  readonly ids: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;
  private readonly patterns = new Map<string, RegExp>();

  constructor(ids: ReadonlyMap<string, number>) {
    this.ids = ids;
    this.names = new Map([...ids].map(([name, id]) => [id, name]));
  }

  /** A pattern that finds the allowed tokens, or undefined when none is allowed. */
  pattern(allowed: EncodeOptions["allowedSpecial"], where: string): RegExp | undefined {
    const names = allowed === "all" ? [...this.ids.keys()] : (allowed ?? []);
    if (names.length === 0) return undefined;
    const key = allowed === "all" ? "all" : JSON.stringify(names);
    let pattern = this.patterns.get(key);
    if (pattern === undefined) {
      for (const name of names) {
        if (this.ids.has(name)) continue;
        const near = nearest(name, this.ids.keys());
        fail(`${where} allowedSpecial`, {
          expected: `special tokens of this tokenizer (${[...this.ids.keys()].slice(0, 8).join(" ")})`,
          got: shown(name),
          hint: near && `did you mean ${near}?`,
        });
      }
      pattern = literalPattern(names);
      this.patterns.set(key, pattern);
    }
    pattern.lastIndex = 0;
    return pattern;
  }
}

/** A pattern that finds any of the literals: leftmost, then longest. */
export function literalPattern(literals: readonly string[]): RegExp {
  const longestFirst = [...literals].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(escapePattern).join("|"), "gu");
}

/** A literal as a regular expression that matches just it. */
export function escapePattern(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
