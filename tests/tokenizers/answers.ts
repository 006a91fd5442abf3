/** What the originals answer, as reference.py writes it. */

export interface TiktokenAnswers {
  plain: number[][];
  special: number[][];
  bytes: number[][];
}

export interface HuggingFaceEncoding {
  ids: number[];
  /** In code points. */
  offsets: [number, number][];
  typeIds: number[];
  attentionMask: number[];
  specialMask: number[];
  decoded: string;
  skipped: string;
  /** Ids with control tokens read as text, without frame. */
  plain: number[];
  pair?: { ids: number[]; typeIds: number[] };
}

export interface HuggingFaceAnswers {
  file: object;
  encodings: HuggingFaceEncoding[];
}

export interface SentencePieceAnswers {
  /** The `.model` file in base64. */
  model: string;
  ids: number[][];
  decoded: string[];
}

/** Offsets in UTF-16 units as offsets in code points. */
export function inCodePoints(text: string, offsets: readonly [number, number][]): [number, number][] {
  const codePointOf: number[] = [];
  let count = 0;
  for (const character of text) {
    for (let i = 0; i < character.length; i++) codePointOf.push(count);
    count++;
  }
  codePointOf.push(count);
  return offsets.map(([start, end]) => [codePointOf[start], codePointOf[end]]);
}
