/**
 * What people said about answers: one JSON object per line, appended as they say it, so that nothing is lost and work
 * can go on another day.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { fail } from "../../core/errors.ts";

const NEWLINE = 10;

const recordSchema = z.object({
  /** What was compared: the same question has the same id for everybody. */
  id: z.string(),
  prompt: z.string(),
  answers: z.array(z.string()).min(2),
  /** Who or what gave each answer; the judge does not see it. */
  sources: z.array(z.string()).optional(),
  /** Places of the answers, best first; answers in one group are equally good. */
  ranking: z.array(z.array(z.int().min(0)).min(1)),
  by: z.string(),
  /** ISO 8601. */
  at: z.string(),
  seconds: z.number().min(0),
  notes: z.string().optional(),
});

export type PreferenceRecord = z.infer<typeof recordSchema>;

/** @throws GradbookError unless each answer stands in the ranking once */
export function checkRecord(where: string, value: unknown): PreferenceRecord {
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success)
    return fail(where, {
      expected: "a preference record",
      got: z.prettifyError(parsed.error).replaceAll("\n", " "),
    });
  const { answers, ranking } = parsed.data;
  const places = ranking.flat();
  if (
    places.length !== answers.length ||
    new Set(places).size !== answers.length ||
    Math.max(...places) >= answers.length
  )
    fail(where, {
      expected: `a ranking of ${answers.length} answers, each once`,
      got: JSON.stringify(ranking),
    });
  return parsed.data;
}

/**
 * All records of a file; none when it does not exist yet.
 * @throws GradbookError naming the line that is no record
 */
export function readPreferences(path: string): PreferenceRecord[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch (cause) {
      // A line cut off by a crash is the last one and is written again.
      if (i === lines.length - 1) return [];
      fail(`${path}:${i + 1}`, { expected: "JSON", got: line.slice(0, 60), cause });
    }
    return [checkRecord(`${path}:${i + 1}`, json)];
  });
}

/** Adds a record to the file, which is made if missing. */
export function appendPreference(path: string, record: PreferenceRecord): void {
  checkRecord("appendPreference", record);
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "a+");
  try {
    // A crash may have cut off the line before.
    const { size } = fstatSync(file);
    const lastByte = Buffer.alloc(1);
    const cutOff = size > 0 && readSync(file, lastByte, 0, 1, size - 1) === 1 && lastByte[0] !== NEWLINE;
    writeSync(file, `${cutOff ? "\n" : ""}${JSON.stringify(record)}\n`);
  } finally {
    closeSync(file);
  }
}

export interface PreferencePair {
  id: string;
  prompt: string;
  chosen: string;
  rejected: string;
  /** Sources of the two, where known. */
  winner?: string;
  loser?: string;
}

/** Every pair that a ranking decides: k answers give up to k·(k − 1)/2. Ties give none. */
export function preferencePairs(records: readonly PreferenceRecord[]): PreferencePair[] {
  return records.flatMap(({ id, prompt, answers, sources, ranking }) =>
    ranking.flatMap((group, i) =>
      ranking.slice(i + 1).flatMap((worse) =>
        group.flatMap((better) =>
          worse.map((other) => ({
            ...{ id, prompt, chosen: answers[better], rejected: answers[other] },
            ...(sources && { winner: sources[better], loser: sources[other] }),
          })),
        ),
      ),
    ),
  );
}
