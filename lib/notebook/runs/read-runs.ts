/**
 * Training runs from the logs they leave: `runs/<id>/log.jsonl`, one JSON object a line, as lib/train writes it.
 *
 * Lines say in `event` what they are: start (once, or again after a resume), step, evaluate, end. A log whose
 * last line is cut off is what a killed process leaves; the rest of it counts.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fail } from "../../core/errors.ts";

/** Values over the steps at which they were logged. */
export interface Series {
  x: number[];
  y: number[];
}

export interface Run {
  id: string;
  /** Folder of the log and the checkpoint. */
  directory: string;
  /** ISO time of the first line. */
  started: string;
  /** finished, stopped, interrupted, early stop, rewound, failed or nan; unfinished when the log has no end. */
  status: string;
  /** Last step that was logged. */
  step: number;
  /** Hyper-parameters by name; nested ones as `train.learningRate`. */
  config: Record<string, unknown>;
  /** Everything that was logged as a number, by its key: loss, eval_loss, learning_rate, grad_norm, … */
  series: Record<string, Series>;
  /** Seconds that training took. */
  seconds: number;
  /** The run that this one was forked from, and the step it left it at. */
  parent?: { run: string; step: number };
}

interface Line {
  event: "start" | "step" | "evaluate" | "end";
  time?: string;
  step?: number;
  config?: Record<string, unknown>;
  reason?: string;
  seconds?: number;
  parent?: Run["parent"];
  [key: string]: unknown;
}

/** Numbers in a log that are no metrics. */
const BOOKKEEPING = new Set(["step", "steps", "seconds"]);

/**
 * All runs under a folder, oldest first.
 *
 * @throws GradbookError when the folder is missing or a log cannot be read
 */
export function readRuns(directory = "runs"): Run[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (cause) {
    const expected = `a folder of runs at ${path.resolve(directory)}`;
    return fail("readRuns", { expected, got: "none", hint: "train something first", cause });
  }
  return names
    .map((name) => path.join(directory, name, "log.jsonl"))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .map((file) => readRun(file))
    .sort((a, b) => a.started.localeCompare(b.started));
}

/** One run from its log. */
export function readRun(file: string): Run {
  const directory = path.dirname(file);
  const run: Run = {
    id: path.basename(directory),
    directory,
    started: "",
    status: "unfinished",
    step: 0,
    config: {},
    series: {},
    seconds: 0,
  };
  for (const line of parseLines(file)) {
    run.started ||= line.time ?? "";
    run.step = line.step ?? run.step;
    run.seconds = line.seconds ?? run.seconds;
    if (line.event === "start") {
      run.config = flatten(line.config ?? {});
      run.status = "unfinished";
      if (line.parent) run.parent = line.parent;
      // A resumed run takes its last steps again: what the checkpoint did not have is dropped.
      dropAfter(run.series, run.step);
    } else if (line.event === "end") {
      run.status = line.reason ?? "finished";
    } else {
      addMetrics(run.series, line);
    }
  }
  return run;
}

function parseLines(file: string): Line[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((text, index) => {
    if (text === "") return [];
    try {
      return [JSON.parse(text) as Line];
    } catch (cause) {
      if (index === lines.length - 1) return [];
      return fail("readRun", {
        expected: `JSON in line ${index + 1} of ${file}`,
        got: text.slice(0, 60),
        cause,
      });
    }
  });
}

function addMetrics(series: Record<string, Series>, line: Line): void {
  for (const [key, value] of Object.entries(line)) {
    if (typeof value !== "number" || BOOKKEEPING.has(key)) continue;
    // A loss is logged at every step and again, as a mean, with an evaluation: the former is the curve.
    if (line.event === "evaluate" && key in series && !key.startsWith("eval_")) continue;
    series[key] ??= { x: [], y: [] };
    series[key].x.push(line.step!);
    series[key].y.push(value);
  }
}

function dropAfter(series: Record<string, Series>, step: number): void {
  for (const { x, y } of Object.values(series)) {
    const keep = x.findIndex((logged) => logged > step);
    if (keep >= 0) x.length = y.length = keep;
  }
}

/** `{ train: { steps: 5 } }` → `{ "train.steps": 5 }` */
function flatten(config: object, prefix = ""): Record<string, unknown> {
  const entries = Object.entries(config).flatMap(([key, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(flatten(value as object, `${prefix}${key}.`))
      : [[`${prefix}${key}`, value] as const],
  );
  return Object.fromEntries(entries);
}
