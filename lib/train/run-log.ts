/**
 * A run's folder and its log: one JSON object per line, readable while the run goes on and by any program.
 *
 * Every line has `event` (start, step, evaluate, end) and `time` (ISO 8601) before the numbers of observer.ts.
 */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface RunLog {
  write(event: "start" | "step" | "evaluate" | "end", entry: object): void;
  close(): void;
}

/** Appends to `log.jsonl` in the folder, which is made if missing. */
export function openRunLog(directory: string): RunLog {
  mkdirSync(directory, { recursive: true });
  const file = openSync(join(directory, "log.jsonl"), "a");
  return {
    write: (event, entry) =>
      void writeSync(file, `${JSON.stringify({ event, time: new Date().toISOString(), ...entry })}\n`),
    close: () => closeSync(file),
  };
}

/** A name for a run that sorts by time and needs no escaping: `2026-11-21T08-46-48-gpt`. */
export function runId(kind: string, time = new Date()): string {
  return `${time.toISOString().slice(0, 19).replaceAll(":", "-")}-${kind}`;
}
