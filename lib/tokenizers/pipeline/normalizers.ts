/**
 * The normalizers of `tokenizer.json`: what is done to text before it is cut. Each one can give just the new
 * text, or the new text with where every part of it came from.
 */
import { rewriteCharacters, rewritingOf } from "./aligned-text.ts";
import type { Rewriting } from "./aligned-text.ts";
import { byteToCharacter } from "../bytes.ts";
import { charsmapNormalizer } from "./charsmap.ts";
import {
  arrayField,
  asObject,
  booleanField,
  byType,
  objectField,
  optionalString,
  stringField,
} from "./fields.ts";
import type { Json } from "./fields.ts";
import { fromRewriting, inSequence } from "./normalizer.ts";
import type { Normalizer } from "./normalizer.ts";
import { literalRegExp, onigurumaPattern } from "./pattern.ts";
import { isCombiningMark, isControl, isNonSpacingMark } from "./unicode-history.ts";
import { normalForm, normalFormChanges } from "./unicode-normalize.ts";
import type { NormalForm } from "./unicode-normalize.ts";

const readers: Record<string, (json: Json, where: string) => Normalizer> = {
  Sequence: (json, where) =>
    inSequence(
      arrayField(json, "normalizers", where).map((step, i) =>
        readNormalizer(step, `${where}.normalizers[${i}]`),
      ),
    ),
  BertNormalizer: bertNormalizer,
  NFC: () => normalFormNormalizer("NFC"),
  NFD: () => normalFormNormalizer("NFD"),
  NFKC: () => normalFormNormalizer("NFKC"),
  NFKD: () => normalFormNormalizer("NFKD"),
  Lowercase: () => lowercase,
  Strip: stripNormalizer,
  StripAccents: () => perCharacter((character) => (isCombiningMark(character) ? "" : character)),
  Nmt: () => inSequence([perCharacter(dropNmtControls), perCharacter(blankNmtSpaces)]),
  Replace: replaceNormalizer,
  Prepend: (json, where) => prependNormalizer(stringField(json, "prepend", where)),
  ByteLevel: () => perCharacter(spellCharacter),
  Precompiled: (json, where) => charsmapNormalizer(stringField(json, "precompiled_charsmap", where), where),
};

/** The normalizer that a `tokenizer.json` describes. */
export function readNormalizer(json: unknown, where: string): Normalizer {
  const object = asObject(json, where);
  return byType(object, where, readers)(object, where);
}

function perCharacter(replace: (character: string) => string): Normalizer {
  return fromRewriting((text) => rewriteCharacters(text, replace));
}

function normalFormNormalizer(form: NormalForm): Normalizer {
  return fromRewriting(
    (text) =>
      normalForm(text, form) === text ? undefined : rewritingOf(text, normalFormChanges(text, form)),
    (text) => normalForm(text, form),
  );
}

/** Letter by letter: a final Σ becomes σ, not ς. */
const lowercase: Normalizer = fromRewriting(
  (text) => rewriteCharacters(text, (character) => character.toLowerCase()),
  (text) => (text.includes("Σ") ? text.replaceAll("Σ", "σ") : text).toLowerCase(),
);

function bertNormalizer(json: Json, where: string): Normalizer {
  const isLowered = booleanField(json, "lowercase", where, true);
  const steps: Normalizer[] = [];
  if (booleanField(json, "clean_text", where, true)) {
    const isDropped = (character: string) =>
      character === "\0" || character === "\ufffd" || isControl(character);
    steps.push(perCharacter((character) => (isDropped(character) ? "" : character)));
    steps.push(perCharacter((character) => (/\p{White_Space}/u.test(character) ? " " : character)));
  }
  if (booleanField(json, "handle_chinese_chars", where, true)) {
    steps.push(
      perCharacter((character) => (isChinese(character.codePointAt(0)!) ? ` ${character} ` : character)),
    );
  }
  if (booleanField(json, "strip_accents", where, isLowered)) {
    steps.push(normalFormNormalizer("NFD"));
    steps.push(perCharacter((character) => (isNonSpacingMark(character) ? "" : character)));
  }
  if (isLowered) steps.push(lowercase);
  const all = inSequence(steps);
  const isPlainAscii = /^[\x20-\x7e]*$/;
  return {
    ...all,
    plain: (text) => (isPlainAscii.test(text) ? (isLowered ? text.toLowerCase() : text) : all.plain(text)),
  };
}

/** The ideographs that BERT sets apart: extensions E and after are cut as the original wrote them. */
function isChinese(codePoint: number): boolean {
  return (
    (codePoint >= 0x3400 && codePoint <= 0x4dbf) ||
    (codePoint >= 0x4e00 && codePoint <= 0x9fff) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0x20000 && codePoint <= 0x2a6df) ||
    (codePoint >= 0x2a700 && codePoint <= 0x2b81f) ||
    (codePoint >= 0x2b920 && codePoint <= 0x2ceaf) ||
    (codePoint >= 0x2f800 && codePoint <= 0x2fa1f)
  );
}

function stripNormalizer(json: Json, where: string): Normalizer {
  const left = booleanField(json, "strip_left", where);
  const right = booleanField(json, "strip_right", where);
  return fromRewriting((text) => {
    const start = left ? /^\p{White_Space}*/u.exec(text)![0].length : 0;
    const end = right ? text.length - /\p{White_Space}*$/u.exec(text.slice(start))![0].length : text.length;
    if (start === 0 && end === text.length) return undefined;
    return {
      text: text.slice(start, end),
      sources: Array.from({ length: end - start }, (_, i) => start + i),
    };
  });
}

function dropNmtControls(character: string): string {
  const codePoint = character.codePointAt(0)!;
  const isControlCode = (codePoint >= 1 && codePoint <= 8) || (codePoint >= 0xe && codePoint <= 0x1f);
  return isControlCode || [0xb, 0x7f, 0x8f, 0x9f].includes(codePoint) ? "" : character;
}

function blankNmtSpaces(character: string): string {
  return /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/.test(character) ? " " : character;
}

/** Each byte of a character in GPT-2's visible spelling. */
export function spellCharacter(character: string): string {
  let spelling = "";
  for (const byte of Buffer.from(character)) spelling += byteToCharacter[byte];
  return spelling;
}

/** The pattern of a `Replace` or `Split`: `{"String": …}` or `{"Regex": …}`. */
export function readPattern(json: Json, where: string): RegExp {
  const pattern = objectField(json, "pattern", where);
  const literal = optionalString(pattern, "String", `${where}.pattern`);
  if (literal !== undefined) return literalRegExp(literal);
  return onigurumaPattern(stringField(pattern, "Regex", `${where}.pattern`), `${where}.pattern.Regex`);
}

function replaceNormalizer(json: Json, where: string): Normalizer {
  const pattern = readPattern(json, where);
  const content = stringField(json, "content", where);
  return fromRewriting(
    (text) => replaceMatches(text, pattern, content),
    (text) => text.replaceAll(pattern, () => content),
  );
}

/** What is put in takes over the stretch of the last character it replaces. */
export function replaceMatches(text: string, pattern: RegExp, content: string): Rewriting | undefined {
  const parts: string[] = [];
  const sources: number[] = [];
  let last = 0;
  const keepUntil = (end: number) => {
    parts.push(text.slice(last, end));
    for (let at = last; at < end; at++) sources.push(at);
  };
  for (const match of text.matchAll(pattern)) {
    keepUntil(match.index);
    last = match.index + match[0].length;
    parts.push(content);
    for (let i = 0; i < content.length; i++) sources.push(last - 1);
  }
  if (parts.length === 0) return undefined;
  keepUntil(text.length);
  return { text: parts.join(""), sources };
}

/** Put a prefix before any text that is not empty; it shares the stretch of the first character. */
export function prependNormalizer(prefix: string): Normalizer {
  return fromRewriting((text) => {
    if (text === "") return undefined;
    return {
      text: prefix + text,
      sources: [...new Array<number>(prefix.length).fill(0), ...Array(text.length).keys()],
    };
  });
}
