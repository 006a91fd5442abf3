/**
 * Tokens added beside a model's vocabulary: found in the text before (or after) it is normalised, whatever the
 * model would make of them.
 */
import type { AlignedText } from "./aligned-text.ts";
import { asObject, booleanField, idField, stringField } from "./fields.ts";
import type { Normalizer } from "./normalizer.ts";
import { rustWord } from "./pattern.ts";
import { literalPattern } from "../special-tokens.ts";

export interface AddedToken {
  id: number;
  content: string;
  /** Only where no word goes on at either side. */
  singleWord: boolean;
  /** Swallows white space before, behind. */
  stripLeft: boolean;
  stripRight: boolean;
  /** Looked for in normalised text, in its own normalised form. */
  normalized: boolean;
  /** A control token: found only when the caller allows it, left out by `skipSpecial`. */
  special: boolean;
}

/** An entry of `added_tokens`. */
export function readAddedToken(json: unknown, where: string): AddedToken {
  const token = asObject(json, where);
  const special = booleanField(token, "special", where, false);
  return {
    id: idField(token, "id", where),
    content: stringField(token, "content", where),
    singleWord: booleanField(token, "single_word", where, false),
    stripLeft: booleanField(token, "lstrip", where, false),
    stripRight: booleanField(token, "rstrip", where, false),
    normalized: booleanField(token, "normalized", where, !special),
    special,
  };
}

/** A stretch of text, or an added token that was found. */
export interface Segment {
  piece: AlignedText;
  id?: number;
}

/** Cuts a text at the added tokens that `isAllowed` lets through. */
export type AddedTokenFinder = (text: AlignedText, isAllowed: (token: AddedToken) => boolean) => Segment[];

const wordAtEnd = new RegExp(`${rustWord}$`, "v");
const wordAtStart = new RegExp(`^${rustWord}`, "v");

/** A finder for some of the tokens; with a normalizer they are looked for in their normalised form. */
export function addedTokenFinder(tokens: readonly AddedToken[], normalizer?: Normalizer): AddedTokenFinder {
  const bySpelling = new Map(
    tokens.map((token) => [normalizer?.plain(token.content) ?? token.content, token]),
  );
  bySpelling.delete("");
  if (bySpelling.size === 0) return (piece) => [{ piece: piece.slice(0, piece.text.length) }];
  const pattern = literalPattern([...bySpelling.keys()]);
  return (piece, isAllowed) => {
    const { text } = piece;
    const segments: Segment[] = [];
    let last = 0;
    for (const match of text.matchAll(pattern)) {
      const token = bySpelling.get(match[0])!;
      if (!isAllowed(token)) continue;
      let start = match.index;
      let end = start + match[0].length;
      if (token.singleWord && isInsideWord(text, start, end)) continue;
      if (token.stripLeft) while (start > last && /\p{White_Space}/u.test(text[start - 1])) start--;
      if (token.stripRight) while (end < text.length && /\p{White_Space}/u.test(text[end])) end++;
      if (last < start) segments.push({ piece: piece.slice(last, start) });
      segments.push({ piece: piece.slice(start, end), id: token.id });
      last = end;
    }
    if (last < text.length) segments.push({ piece: piece.slice(last, text.length) });
    return segments;
  };
}

function isInsideWord(text: string, start: number, end: number): boolean {
  return (
    wordAtEnd.test(text.slice(Math.max(0, start - 2), start)) || wordAtStart.test(text.slice(end, end + 2))
  );
}
