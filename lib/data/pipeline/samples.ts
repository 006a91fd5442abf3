/**
 * A few documents to look at, chosen so that the choice depends only on the documents: the ones whose id hashes
 * lowest (bottom-k sampling), which is a uniform sample that no number of workers and no order can change.
 */
import { hashString } from "../hash.ts";

/** One document as a person looks at it. */
export interface Sample {
  id: string;
  /** The first 600 characters. */
  text: string;
  /** For a changed document: the first 600 characters before the change. */
  before?: string;
  /** The measured value that decided, where the step gave one. */
  value?: number;
}

export const SAMPLES_PER_REASON = 5;
const SHOWN_CHARACTERS = 600;

interface Ranked {
  rank: number;
  sample: Sample;
}

export interface Samples {
  offer(id: string, text: string, extra?: { before?: string; value?: number }): void;
  merge(other: readonly Sample[]): void;
  list(): Sample[];
}

/** Keeps `size` samples of all that are offered. */
export function samples(size = SAMPLES_PER_REASON): Samples {
  let kept: Ranked[] = [];

  function insert(rank: number, make: () => Sample): void {
    if (kept.length === size && rank >= kept[size - 1].rank) return;
    kept.push({ rank, sample: make() });
    kept.sort((a, b) => a.rank - b.rank || (a.sample.id < b.sample.id ? -1 : 1));
    kept = kept.slice(0, size);
  }

  return {
    offer(id, text, extra) {
      insert(hashString(id), () => ({
        id,
        text: clip(text),
        ...(extra?.before === undefined ? {} : { before: clip(extra.before) }),
        ...(extra?.value === undefined ? {} : { value: extra.value }),
      }));
    },
    merge(other) {
      for (const sample of other) insert(hashString(sample.id), () => sample);
    },
    list: () => kept.map(({ sample }) => sample),
  };
}

function clip(text: string): string {
  // A copy, not a slice: V8 slices keep the whole document alive.
  return text.length <= SHOWN_CHARACTERS ? text : Buffer.from(text.slice(0, SHOWN_CHARACTERS)).toString();
}
