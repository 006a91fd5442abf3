/**
 * Reviewing what a filter took: a file with a sample of dropped documents for each reason, in which a person writes
 * "right" or "wrong"; from it, how often each rule was right, and the documents to keep after all.
 *
 * The sample of a reason is uniform and depends only on the documents (as in pipeline/samples.ts). Its precision
 * has a 95 % interval after Wilson (1927), which tells when a few more verdicts would settle it.
 */
import { existsSync, readFileSync } from "node:fs";
import { fail } from "../core/errors.ts";
import type { Document, Json } from "./document.ts";
import { hashString } from "./hash.ts";
import { map, type DocumentStep, type Sink } from "./pipeline/step.ts";
import { AtomicFile } from "./write/atomic-file.ts";

/** One line of a review file. */
export interface ReviewItem {
  id: string;
  step: string;
  reason: string;
  /** The measured value, where the step gave one. */
  value: number | null;
  /** To be filled in: was it right to drop this? */
  verdict: "right" | "wrong" | null;
  text: string;
}

export interface ReviewOptions {
  /** Documents per step and reason. Default 25. */
  perReason?: number;
  /** Longest text in the file. Default 4,000 characters. */
  characters?: number;
}

/**
 * A sink for dropped documents: `run({ excluded: reviewFile("review.jsonl") })`.
 *
 * @throws GradbookError when the disk is full
 */
export function reviewFile(path: string, { perReason = 25, characters = 4000 }: ReviewOptions = {}): Sink {
  let kept = new Map<string, { rank: number; item: ReviewItem }[]>();
  return {
    kind: "sink",
    name: "reviewFile",
    async open() {
      kept = new Map();
    },
    write(documents) {
      for (const document of documents) {
        const item = itemOf(document, characters);
        const reason = `${item.step} ${item.reason}`;
        const items = kept.get(reason) ?? [];
        items.push({ rank: hashString(item.id), item });
        items.sort((a, b) => a.rank - b.rank || (a.item.id < b.item.id ? -1 : 1));
        kept.set(reason, items.slice(0, perReason));
      }
    },
    commit: () =>
      fail("reviewFile", {
        expected: "a run without a checkpoint",
        got: path,
        hint: "write JSON Lines instead",
      }),
    async close() {
      const groups = [...kept].sort(([a], [b]) => (a < b ? -1 : 1));
      writeReviewItems(
        path,
        groups.flatMap(([, items]) => items.map(({ item }) => item)),
      );
    },
    async abort() {
      kept = new Map();
    },
  };
}

function itemOf({ id, text, metadata }: Document, characters: number): ReviewItem {
  const dropped = (metadata.dropped ?? {}) as { [key: string]: Json };
  return {
    id,
    step: String(dropped.step ?? ""),
    reason: String(dropped.reason ?? ""),
    value: typeof dropped.value === "number" ? dropped.value : null,
    verdict: null,
    text: text.slice(0, characters),
  };
}

/** How often a rule was right. */
export interface ReviewedReason {
  step: string;
  reason: string;
  right: number;
  wrong: number;
  /** Not judged yet. */
  open: number;
  /** right / (right + wrong), NaN without verdicts, and its 95 % interval. */
  precision: number;
  low: number;
  high: number;
}

export interface Review {
  reasons: ReviewedReason[];
  /** Ids of documents that were dropped wrongly. */
  wrong: string[];
}

/** @throws GradbookError when there is no such file, for a line that is no item, or another verdict */
export function readReviewItems(path: string): ReviewItem[] {
  if (!existsSync(path))
    fail("readReviewItems", {
      expected: "a review file",
      got: `nothing at ${path}`,
      hint: "run a pipeline with excluded: reviewFile(path)",
    });
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.flatMap((line, i) => (line.trim() === "" ? [] : [parseItem(line, `${path}:${i + 1}`)]));
}

export function writeReviewItems(path: string, items: readonly ReviewItem[]): void {
  const file = new AtomicFile(path);
  for (const item of items) file.write(Buffer.from(`${JSON.stringify(item)}\n`));
  file.finish();
}

/** What a review file says so far. */
export function readReview(path: string): Review {
  return summarizeReview(readReviewItems(path));
}

/** The same from items in memory. */
export function summarizeReview(items: readonly Omit<ReviewItem, "text">[]): Review {
  const groups = Map.groupBy(items, ({ step, reason }) => JSON.stringify([step, reason]));
  const reasons = [...groups.values()].map((all): ReviewedReason => {
    const count = (verdict: ReviewItem["verdict"]) => all.filter((item) => item.verdict === verdict).length;
    const [right, wrong, open] = [count("right"), count("wrong"), count(null)];
    const { step, reason } = all[0];
    return {
      step,
      reason,
      right,
      wrong,
      open,
      precision: right / (right + wrong),
      ...wilson(right, right + wrong),
    };
  });
  return { reasons, wrong: items.filter(({ verdict }) => verdict === "wrong").map(({ id }) => id) };
}

function parseItem(line: string, where: string): ReviewItem {
  let item: ReviewItem;
  try {
    item = JSON.parse(line) as ReviewItem;
  } catch (cause) {
    return fail(where, { expected: "a line of JSON", got: (cause as Error).message, cause });
  }
  if (typeof item?.id !== "string" || ![null, "right", "wrong"].includes(item.verdict))
    fail(where, { expected: 'an item with the verdict "right", "wrong" or null', got: item?.verdict });
  return item;
}

/** Wilson's interval for a share at 95 %; [0, 1] when nothing was counted. */
function wilson(hits: number, all: number): { low: number; high: number } {
  if (all === 0) return { low: 0, high: 1 };
  const [share, z] = [hits / all, 1.96];
  const center = (share + z ** 2 / (2 * all)) / (1 + z ** 2 / all);
  const half = (z / (1 + z ** 2 / all)) * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2));
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

/** A step that passes over the documents of a review that it dropped wrongly; it runs in the main thread. */
export function exceptFor(step: DocumentStep, ids: Iterable<string>): DocumentStep {
  const kept = new Set(ids);
  const wrapped = map(step.name, (document) => (kept.has(document.id) ? document : step.apply(document)));
  return { ...wrapped, load: step.load?.bind(step) };
}
