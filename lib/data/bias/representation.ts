/**
 * Who is mentioned, and in what company: counts of group words, of the words around them, and how those sound.
 */
import type { Document } from "../document.ts";
import { GROUPS } from "./lexicons.ts";

const WORD = /\p{L}[\p{L}\p{M}'’]*/gu;

/** Lower-case words of a text, without punctuation. */
export function plainWords(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

export interface GroupCount {
  /** `"gender"`, … */
  dimension: string;
  /** `"female"`, … */
  group: string;
  mentions: number;
  /** Documents that mention the group. */
  documents: number;
  /** Share of the dimension's mentions. */
  share: number;
  /** Mean tone of the ten words around each mention, where a lexicon of tones is given; else NaN. */
  tone: number;
}

export interface RepresentationOptions {
  groups?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Word → tone, negative to positive: AFINN's −5 … 5 for example. */
  tones?: ReadonlyMap<string, number>;
  /** Words before and after a mention that count as its company. Default 5. */
  window?: number;
}

/** Counts mentions of groups over a set of documents. */
export function representation(
  documents: Iterable<Pick<Document, "text">>,
  options: RepresentationOptions = {},
): GroupCount[] {
  const { groups = GROUPS, tones, window = 5 } = options;
  const groupOf = new Map<string, number[]>();
  const counts: (GroupCount & { toneSum: number; toneWords: number })[] = [];
  for (const [dimension, members] of Object.entries(groups)) {
    for (const [group, words] of Object.entries(members)) {
      for (const word of words) groupOf.set(word, [...(groupOf.get(word) ?? []), counts.length]);
      counts.push({
        dimension,
        group,
        mentions: 0,
        documents: 0,
        share: 0,
        tone: NaN,
        toneSum: 0,
        toneWords: 0,
      });
    }
  }
  for (const { text } of documents) {
    const words = plainWords(text);
    const mentioned = new Set<number>();
    words.forEach((word, at) => {
      for (const index of groupOf.get(word) ?? []) {
        counts[index].mentions++;
        mentioned.add(index);
        if (!tones) continue;
        for (let i = Math.max(0, at - window); i <= Math.min(words.length - 1, at + window); i++) {
          const tone = i === at ? undefined : tones.get(words[i]);
          if (tone === undefined) continue;
          counts[index].toneSum += tone;
          counts[index].toneWords++;
        }
      }
    });
    for (const index of mentioned) counts[index].documents++;
  }
  return counts.map(({ toneSum, toneWords, ...count }) => {
    const all = counts
      .filter(({ dimension }) => dimension === count.dimension)
      .reduce((sum, { mentions }) => sum + mentions, 0);
    return { ...count, share: all === 0 ? 0 : count.mentions / all, tone: toneSum / toneWords };
  });
}
