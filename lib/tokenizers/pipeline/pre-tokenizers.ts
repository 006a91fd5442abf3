/**
 * The pre-tokenizers of `tokenizer.json`: cut text into the words that the model then takes one by one.
 */
import { rewriteCharacters } from "./aligned-text.ts";
import type { AlignedText } from "./aligned-text.ts";
import {
  arrayField,
  asObject,
  booleanField,
  byType,
  choiceField,
  numberField,
  stringField,
} from "./fields.ts";
import type { Json } from "./fields.ts";
import { fail, shown } from "../../core/errors.ts";
import { prependNormalizer, readPattern, replaceMatches, spellCharacter } from "./normalizers.ts";
import { literalRegExp, onigurumaPattern, rustWord } from "./pattern.ts";
import { scriptOf } from "./scripts.ts";
import { patternOf } from "../split/index.ts";
import { isPunctuation } from "./unicode-history.ts";

/** Cuts a piece of text into smaller ones. `tracked` is false when nobody asks for offsets. */
export type PreTokenizer = (piece: AlignedText, tracked: boolean) => AlignedText[];

type Behavior = "Removed" | "Isolated" | "MergedWithPrevious" | "MergedWithNext" | "Contiguous";
const behaviors: readonly Behavior[] = [
  "Removed",
  "Isolated",
  "MergedWithPrevious",
  "MergedWithNext",
  "Contiguous",
];

const readers: Record<string, (json: Json, where: string) => PreTokenizer> = {
  Sequence: (json, where) =>
    inSequence(
      arrayField(json, "pretokenizers", where).map((step, i) =>
        readPreTokenizer(step, `${where}.pretokenizers[${i}]`),
      ),
    ),
  BertPreTokenizer: () =>
    inSequence([
      splitOn(eachCharacter(isWhiteSpace), "Removed"),
      splitOn(eachCharacter(isPunctuation), "Isolated"),
    ]),
  ByteLevel: byteLevel,
  CharDelimiterSplit: (json, where) =>
    splitOn(matches(literalRegExp(stringField(json, "delimiter", where))), "Removed"),
  Digits: (json, where) =>
    splitOn(
      eachCharacter((character) => /\p{N}/u.test(character)),
      booleanField(json, "individual_digits", where) ? "Isolated" : "Contiguous",
    ),
  FixedLength: (json, where) => fixedLength(numberField(json, "length", where, 5)),
  Metaspace: metaspace,
  Punctuation: (json, where) =>
    splitOn(eachCharacter(isPunctuation), choiceField(json, "behavior", where, behaviors, "Isolated")),
  Split: (json, where) =>
    splitOn(
      matches(readPattern(json, where), booleanField(json, "invert", where)),
      choiceField(json, "behavior", where, behaviors),
    ),
  UnicodeScripts: () => splitScripts,
  Whitespace: () => splitOn(matches(rustWords, true), "Removed"),
  WhitespaceSplit: () => splitOn(eachCharacter(isWhiteSpace), "Removed"),
};

/** The pre-tokenizer that a `tokenizer.json` describes. */
export function readPreTokenizer(json: unknown, where: string): PreTokenizer {
  const object = asObject(json, where);
  return byType(object, where, readers)(object, where);
}

function inSequence(steps: readonly PreTokenizer[]): PreTokenizer {
  return (piece, tracked) =>
    steps.reduce((pieces, step) => pieces.flatMap((part) => withoutEmpty(step(part, tracked))), [piece]);
}

function withoutEmpty(pieces: AlignedText[]): AlignedText[] {
  return pieces.filter((piece) => piece.text !== "");
}

/** Stretches that cover a text: those that match a pattern and those between. */
interface Stretch {
  start: number;
  end: number;
  isMatch: boolean;
}

type Finder = (text: string) => Stretch[];

function matches(pattern: RegExp, invert = false): Finder {
  return (text) => {
    const stretches: Stretch[] = [];
    let last = 0;
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      if (match.index > last) stretches.push({ start: last, end: match.index, isMatch: invert });
      stretches.push({ start: match.index, end, isMatch: !invert });
      last = end;
    }
    if (last < text.length) stretches.push({ start: last, end: text.length, isMatch: invert });
    return stretches;
  };
}

function eachCharacter(test: (character: string) => boolean): Finder {
  // What the test says of a unit: 0 not asked yet, 1 no, 2 yes. Characters of two units are asked each time.
  const known = new Uint8Array(0x10000);
  const isMatch = (character: string) => {
    if (character.length > 1) return test(character);
    const unit = character.charCodeAt(0);
    if (known[unit] === 0) known[unit] = test(character) ? 2 : 1;
    return known[unit] === 2;
  };
  return (text) => {
    const stretches: Stretch[] = [];
    let at = 0;
    let start = 0;
    for (const character of text) {
      const end = at + character.length;
      if (isMatch(character)) {
        if (at > start) stretches.push({ start, end: at, isMatch: false });
        stretches.push({ start: at, end, isMatch: true });
        start = end;
      }
      at = end;
    }
    if (at > start) stretches.push({ start, end: at, isMatch: false });
    return stretches;
  };
}

function isWhiteSpace(character: string): boolean {
  return /\p{White_Space}/u.test(character);
}

const rustWords = new RegExp(`${rustWord}+|[^${rustWord}\\p{White_Space}]+`, "gv");

function splitOn(find: Finder, behavior: Behavior): PreTokenizer {
  return (piece) => {
    const stretches = find(piece.text);
    const kept =
      behavior === "Removed" ? stretches.filter((stretch) => !stretch.isMatch) : merge(stretches, behavior);
    return kept.map(({ start, end }) => piece.slice(start, end));
  };
}

function merge(stretches: Stretch[], behavior: Behavior): Stretch[] {
  if (behavior === "Isolated") return stretches;
  const ordered = behavior === "MergedWithNext" ? stretches.toReversed() : stretches;
  const merged: Stretch[] = [];
  let previousIsMatch = false;
  for (const { start, end, isMatch } of ordered) {
    const last = merged.at(-1);
    const joins = behavior === "Contiguous" ? isMatch === previousIsMatch : isMatch && !previousIsMatch;
    if (joins && last !== undefined) {
      if (behavior === "MergedWithNext") last.start = start;
      else last.end = end;
    } else merged.push({ start, end, isMatch });
    previousIsMatch = isMatch;
  }
  return behavior === "MergedWithNext" ? merged.reverse() : merged;
}

function applied(
  piece: AlignedText,
  tracked: boolean,
  normalizer: ReturnType<typeof prependNormalizer>,
): AlignedText {
  if (!tracked) return piece.withText(normalizer.plain(piece.text));
  return normalizer.steps(piece.text).reduce((current, step) => current.rewrite(step), piece);
}

function byteLevel(json: Json, where: string): PreTokenizer {
  const addsSpace = booleanField(json, "add_prefix_space", where);
  const prefix = prependNormalizer(" ");
  const words = splitOn(matches(onigurumaPattern(patternOf("gpt2"), where)), "Isolated");
  const usesWords = booleanField(json, "use_regex", where, true);
  return (piece, tracked) => {
    const whole = addsSpace && !piece.text.startsWith(" ") ? applied(piece, tracked, prefix) : piece;
    return (usesWords ? words(whole, tracked) : [whole]).map((word) => {
      const spelled = rewriteCharacters(word.text, spellCharacter);
      return spelled === undefined ? word : tracked ? word.rewrite(spelled) : word.withText(spelled.text);
    });
  };
}

function fixedLength(length: number): PreTokenizer {
  return (piece) => {
    const characters = [...piece.text];
    const pieces: AlignedText[] = [];
    let start = 0;
    for (let i = 0; i < characters.length; i += length) {
      const end = start + characters.slice(i, i + length).join("").length;
      pieces.push(piece.slice(start, end));
      start = end;
    }
    return pieces;
  };
}

const prependSchemes = ["always", "first", "never"] as const;

function metaspace(json: Json, where: string): PreTokenizer {
  const replacement = stringField(json, "replacement", where);
  const scheme = choiceField(json, "prepend_scheme", where, prependSchemes, "always");
  const addsPrefix = booleanField(json, "add_prefix_space", where, true);
  if (!addsPrefix && scheme !== "never" && json.prepend_scheme != null) {
    fail(`${where}.prepend_scheme`, {
      expected: '"never" beside add_prefix_space false',
      got: shown(scheme),
    });
  }
  const blank = literalRegExp(" ");
  const prefix = prependNormalizer(replacement);
  const words = splitOn(matches(literalRegExp(replacement)), "MergedWithNext");
  const isSplit = booleanField(json, "split", where, true);
  return (piece, tracked) => {
    let whole = piece;
    if (tracked) {
      const replaced = replaceMatches(piece.text, blank, replacement);
      if (replaced !== undefined) whole = piece.rewrite(replaced);
    } else whole = piece.withText(piece.text.replaceAll(" ", replacement));
    const isWanted = addsPrefix && (scheme === "always" || (scheme === "first" && piece.originalStart === 0));
    if (isWanted && !whole.text.startsWith(replacement)) whole = applied(whole, tracked, prefix);
    return isSplit ? words(whole, tracked) : [whole];
  };
}

/** Cut where the script changes; blanks go with what is before them, and before everything they are dropped. */
function splitScripts(piece: AlignedText): AlignedText[] {
  const cuts: number[] = [];
  let last: string | undefined;
  let at = 0;
  for (const character of piece.text) {
    const script = scriptOf(character);
    if (script !== "Any" && script !== last) {
      cuts.push(at);
      last = script;
    }
    at += character.length;
  }
  return cuts.map((cut, i) => piece.slice(cut, cuts[i + 1] ?? at));
}
