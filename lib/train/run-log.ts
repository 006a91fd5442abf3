/**
 * A run's folder and its log: one JSON object per line, readable while the run goes on and by any program.
 *
 * Every line has `event` (start, step, evaluate, recover, end) and `time` (ISO 8601) before the numbers of observer.ts.
 */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openEventFile } from "./tensorboard.ts";

type RunEvent = "start" | "step" | "evaluate" | "recover" | "end";

export interface RunLog {
  write(event: RunEvent, entry: object): void;
  close(): void;
}

/**
 * Appends to `log.jsonl` in the folder, which is made if missing.
 * @param tensorboard also write the numbers of steps and evaluations to an event file there
 */
export function openRunLog(directory: string, { tensorboard = false } = {}): RunLog {
  mkdirSync(directory, { recursive: true });
  const file = openSync(join(directory, "log.jsonl"), "a");
  const events = tensorboard ? openEventFile(directory) : undefined;
  return {
    write(event, entry) {
      writeSync(file, `${JSON.stringify({ event, time: new Date().toISOString(), ...entry })}\n`);
      if (event === "step" || event === "evaluate") events?.write(entry as { step: number });
    },
    close() {
      closeSync(file);
      events?.close();
    },
  };
}

/** A name for a run that sorts by time and needs no escaping: `2026-11-21T08-46-48-gpt`. */
export function runId(kind: string, time = new Date()): string {
  return `${time.toISOString().slice(0, 19).replaceAll(":", "-")}-${kind}`;
}
