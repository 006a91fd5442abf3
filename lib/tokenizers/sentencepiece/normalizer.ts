/**
 * How SentencePiece prepares text: replace by its rules (longest match first), squeeze blanks, put one before
 * the text, write blanks as "▁". User-defined pieces stay untouched.
 */
import { RewritingBuilder } from "../pipeline/aligned-text.ts";
import { Charsmap } from "../pipeline/charsmap.ts";
import { fromRewriting } from "../pipeline/normalizer.ts";
import type { Normalizer } from "../pipeline/normalizer.ts";
import { literalPattern } from "../special-tokens.ts";
import type { SentencePieceFile } from "./read-proto.ts";

const BLANK = "\u2581";

/** The normalizer that a `.model` file prescribes. */
export function sentencePieceNormalizer(file: SentencePieceFile, where: string): Normalizer {
  const { addDummyPrefix, removeExtraSpaces, escapeSpaces, spaceIsSuffix } = file;
  const replace = replacer(file, where);
  const blank = escapeSpaces ? BLANK : " ";
  return fromRewriting((text) => {
    const parts: { text: string; source: number }[] = [];
    // Something is there as soon as one replacement is no blank, even if it is empty.
    let isBlankText = true;
    for (const part of replace(text)) {
      isBlankText &&= removeExtraSpaces && part.text === " ";
      for (const character of part.text) parts.push({ text: character, source: part.source });
    }
    const isBlank = (at: number) => parts[at]?.text === " ";
    let first = 0;
    let last = parts.length;
    if (removeExtraSpaces) {
      while (isBlank(first)) first++;
      while (last > first && isBlank(last - 1)) last--;
    }
    const builder = new RewritingBuilder();
    if (first < last) {
      if (addDummyPrefix && !spaceIsSuffix) builder.add(blank, parts[first].source);
      for (let at = first; at < last; at++) {
        if (removeExtraSpaces && isBlank(at) && isBlank(at - 1)) continue;
        builder.add(isBlank(at) ? blank : parts[at].text, parts[at].source);
      }
    }
    if (addDummyPrefix && spaceIsSuffix && !isBlankText) builder.add(blank, parts[last - 1]?.source ?? 0);
    return builder.build();
  });
}

/** Cuts a text into stretches and gives each one's replacement with where it starts. */
function replacer(
  file: SentencePieceFile,
  where: string,
): (text: string) => Iterable<{ text: string; source: number }> {
  const user = file.pieces.filter(({ type }) => type === "user").map(({ piece }) => piece);
  const userPattern = user.length > 0 ? literalPattern(user) : undefined;
  const charsmap = file.charsmap.length > 0 ? new Charsmap(file.charsmap, `${where} charsmap`) : undefined;
  return function* (text) {
    let start = 0;
    for (const match of userPattern === undefined ? [] : text.matchAll(userPattern)) {
      yield* replaceAll(text, start, match.index, charsmap);
      yield { text: match[0], source: match.index };
      start = match.index + match[0].length;
    }
    yield* replaceAll(text, start, text.length, charsmap);
  };
}

function* replaceAll(
  text: string,
  start: number,
  end: number,
  charsmap: Charsmap | undefined,
): Iterable<{ text: string; source: number }> {
  const bytes = Buffer.from(text.slice(start, end));
  let at = 0;
  while (start < end) {
    let longest: { length: number; value: number } | undefined;
    for (const match of charsmap?.prefixes(bytes, at) ?? []) longest = match;
    const character = String.fromCodePoint(text.codePointAt(start)!);
    if (longest === undefined) {
      yield { text: character, source: start };
      at += Buffer.byteLength(character);
      start += character.length;
    } else {
      yield { text: Buffer.from(charsmap!.replacement(longest.value)).toString(), source: start };
      start += bytes.toString("utf8", at, at + longest.length).length;
      at += longest.length;
    }
  }
}
