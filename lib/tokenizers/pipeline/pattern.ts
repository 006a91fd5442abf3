/**
 * Regular expressions of `tokenizer.json` (Oniguruma's dialect) as JavaScript's.
 *
 * What differs: `\s \d \w \p{…}` mean Unicode 16.0 there; `$` and `^` mind line breaks; `.` only stops at
 * `\n`; `++ *+ ?+` and `(?>…)` do not backtrack; classes nest. The expression is parsed and written again
 * with the flag `v`. Left out (an error says so): `\G \K \X \R`, conditions, absent and recursive groups.
 */
import { fail, shown } from "../../core/errors.ts";
import { newerThanUnicode16 } from "../unicode.ts";
import { escapePattern } from "../special-tokens.ts";

const WHITE_SPACE = String.raw`\p{White_Space}`;
const WORD_PARTS = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u{b2}\u{b3}\u{b9}\u{bc}-\u{be}`;
/** A class with the characters newer than Unicode 16.0 taken out. */
const dated = (members: string) => `[[${members}]--[${newerThanUnicode16}]]`;
const WORD = dated(WORD_PARTS);

/** Rust's `\w`, as a class: it has the two joiners and not the superscript digits. */
export const rustWord = dated(String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`);

/** Escapes that stand for a set of characters; the capital letter is the rest. */
const sets: Record<string, string> = {
  s: WHITE_SPACE,
  d: dated(String.raw`\p{Nd}`),
  w: WORD,
  h: "[0-9a-fA-F]",
};

const posixSets: Record<string, string> = {
  alpha: dated(String.raw`\p{Alphabetic}`),
  digit: sets.d,
  alnum: dated(String.raw`\p{Alphabetic}\p{Nd}`),
  upper: dated(String.raw`\p{Uppercase}`),
  lower: dated(String.raw`\p{Lowercase}`),
  punct: dated(String.raw`\p{P}\p{S}`),
  space: WHITE_SPACE,
  cntrl: String.raw`\p{Cc}`,
  xdigit: sets.h,
  word: WORD,
};

const controls: Record<string, string> = {
  t: "\\t",
  n: "\\n",
  r: "\\r",
  f: "\\f",
  v: "\\v",
  a: "\\x07",
  e: "\\x1b",
  "0": "\\0",
};

/** A global JavaScript expression that matches what Oniguruma would; `where` names it in errors. */
export function onigurumaPattern(pattern: string, where: string): RegExp {
  const parser = new PatternParser(pattern, where);
  try {
    return new RegExp(parser.parse(), parser.ignoreCase ? "giv" : "gv");
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    fail(where, { expected: "a regular expression", got: shown(pattern), hint: cause.message, cause });
  }
}

/** A global expression that matches a literal text. */
export function literalRegExp(literal: string): RegExp {
  return new RegExp(escapePattern(literal), "gu");
}

class PatternParser {
  ignoreCase = false;
  private at = 0;
  private atomics = 0;
  /** Inside `(?i:…)`. */
  private foldsCase = false;
  private readonly pattern: string;
  private readonly where: string;

  constructor(pattern: string, where: string) {
    this.pattern = pattern;
    this.where = where;
  }

  parse(): string {
    if (this.take("(?i)")) this.ignoreCase = true;
    const source = this.alternatives();
    if (this.at < this.pattern.length) this.unsupported(this.pattern.slice(this.at));
    return source;
  }

  private unsupported(what: string): never {
    fail(this.where, {
      expected: "a regular expression without unknown constructs",
      got: `${shown(what)} in ${shown(this.pattern)}`,
    });
  }

  private take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private nextCharacter(): string {
    const codePoint = this.pattern.codePointAt(this.at);
    if (codePoint === undefined) this.unsupported("the end");
    const character = String.fromCodePoint(codePoint);
    this.at += character.length;
    return character;
  }

  private alternatives(): string {
    let source = "";
    while (this.at < this.pattern.length && this.pattern[this.at] !== ")") {
      source += this.take("|") ? "|" : this.quantified();
    }
    return source;
  }

  private quantified(): string {
    let source = this.atom();
    for (;;) {
      const quantifier = /^(?:[*+?]|\{\d*,?\d*\})/.exec(this.pattern.slice(this.at))?.[0];
      if (quantifier === undefined || quantifier === "{}" || quantifier === "{,}") return source;
      this.at += quantifier.length;
      const times = quantifier.startsWith("{,") ? `{0${quantifier.slice(1)}` : quantifier;
      if (this.take("?")) source += `${times}?`;
      else if (this.take("+")) source = this.atomic(source + times);
      else source += times;
      if (/^[*+?{]/.test(this.pattern.slice(this.at))) source = `(?:${source})`;
    }
  }

  /** `(?>…)`: a look-ahead never backtracks once it has matched, and a back-reference takes what it saw. */
  private atomic(source: string): string {
    const name = `atomic${++this.atomics}`;
    return `(?:(?=(?<${name}>${source}))\\k<${name}>)`;
  }

  private atom(): string {
    if (this.take("(")) return this.group();
    if (this.take("[")) return this.set();
    if (this.take("\\")) return this.escape(false);
    if (this.take(".")) return "[^\\n]";
    if (this.take("^")) return "(?<![^\\n])";
    if (this.take("$")) return "(?![^\\n])";
    const character = this.nextCharacter();
    if (!this.foldsCase || !/\p{L}/u.test(character)) return escapePattern(character);
    return `[${caseVariants(character)}]`;
  }

  private group(): string {
    if (this.take("?>")) return this.closed((source) => this.atomic(source));
    if (this.take("?i:")) return this.folded(true);
    if (this.take("?-i:")) return this.folded(false);
    for (const opening of ["?:", "?=", "?!", "?<=", "?<!"]) {
      if (this.take(opening)) return this.closed((source) => `(${opening}${source})`);
    }
    const name = /^\?<(\w+)>/.exec(this.pattern.slice(this.at));
    if (name !== null) this.at += name[0].length;
    else if (this.pattern[this.at] === "?") this.unsupported(this.pattern.slice(this.at - 1, this.at + 3));
    return this.closed((source) => `(?:${source})`);
  }

  /** A group with its own rule for case. V8 (13.6) mixes the rules up when they nest, so letters are spelt out. */
  private folded(isFolded: boolean): string {
    const outside = this.foldsCase;
    this.foldsCase = isFolded;
    const source = this.closed((inside) => `(?:${inside})`);
    this.foldsCase = outside;
    return source;
  }

  private closed(wrap: (source: string) => string): string {
    const source = this.alternatives();
    if (!this.take(")")) this.unsupported("a group without end");
    return wrap(source);
  }

  private escape(inSet: boolean): string {
    const character = this.nextCharacter();
    const lower = character.toLowerCase();
    if (Object.hasOwn(sets, lower) && /[a-z]/i.test(character)) {
      return character === lower ? sets[lower] : `[^${sets[lower]}]`;
    }
    if (lower === "p") return this.property(character === "P");
    if (character === "x" || character === "u") return this.hexadecimal();
    if (Object.hasOwn(controls, character)) return controls[character];
    if (!inSet) {
      if (character === "A") return "(?<![^])";
      if (character === "z") return "(?![^])";
      if (character === "Z") return "(?=\\n?(?![^]))";
      if (character === "b") return `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
      if (character === "B") return `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`;
    }
    if (/[a-zA-Z1-9]/.test(character)) this.unsupported(`\\${character}`);
    return inSet ? escapeInSet(character) : escapePattern(character);
  }

  private property(isNegated: boolean): string {
    const match = /^(?:\{(\^?)([\w= ]+)\}|(\w))/.exec(this.pattern.slice(this.at));
    if (match === null) this.unsupported("\\p without a class");
    this.at += match[0].length;
    const name = match[2] ?? match[3];
    // U+0295 went from Ll to Lo in Unicode 17.0.
    const members =
      name === "Ll"
        ? dated("\\p{Ll}\\u{295}")
        : name === "Lo"
          ? dated("\\p{Lo}--[\\u{295}]")
          : dated(`\\p{${name}}`);
    return isNegated !== (match[1] === "^") ? `[^${members}]` : members;
  }

  private hexadecimal(): string {
    const match = /^(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{1,4}))/.exec(this.pattern.slice(this.at));
    if (match === null) this.unsupported("\\x without digits");
    const digits = match[1] ?? (this.pattern[this.at - 1] === "x" ? match[2].slice(0, 2) : match[2]);
    this.at += match[1] === undefined ? digits.length : match[0].length;
    return `\\u{${digits}}`;
  }

  private set(): string {
    const opening = this.take("^") ? "[^" : "[";
    const operands = [""];
    const add = (members: string) => (operands[operands.length - 1] += members);
    // A bracket that comes first is a member.
    if (this.take("]")) add("\\]");
    while (!this.take("]")) {
      const posix = /^\[:(\^?)(\w+):\]/.exec(this.pattern.slice(this.at));
      if (posix !== null && Object.hasOwn(posixSets, posix[2])) {
        this.at += posix[0].length;
        add(posix[1] === "^" ? `[^${posixSets[posix[2]]}]` : posixSets[posix[2]]);
      } else if (this.take("&&")) operands.push("");
      else if (this.take("[")) add(this.set());
      else add(this.member());
    }
    return `${opening}${operands.length === 1 ? operands[0] : operands.map((members) => `[${members}]`).join("&&")}]`;
  }

  /** A character, an escape, or a range of characters in a set. */
  private member(): string {
    const first = this.take("\\") ? this.escape(true) : escapeInSet(this.nextCharacter());
    const isRange =
      this.pattern[this.at] === "-" && this.pattern[this.at + 1] !== "]" && !first.startsWith("[");
    if (!isRange || first.startsWith("\\p")) return first;
    this.at++;
    const last = this.take("\\") ? this.escape(true) : escapeInSet(this.nextCharacter());
    return `${first}-${last}`;
  }
}

/** A letter in both cases, with the two letters that Unicode folds to ASCII. */
function caseVariants(letter: string): string {
  const lower = letter.toLowerCase();
  const extra = lower === "s" ? "\u017f" : lower === "k" ? "\u212a" : "";
  return lower + letter.toUpperCase() + extra;
}

/** All characters that mean something in a set of the flag `v`, alone or doubled. */
function escapeInSet(character: string): string {
  return /[()[\]{}/\-\\|&!#$%*+,.:;<=>?@^`~]/.test(character) ? `\\${character}` : character;
}
