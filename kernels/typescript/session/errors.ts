/**
 * A thrown value as the protocol's error: name, message, and a traceback that begins with the line of the
 * cell where it happened.
 */
import { DIM, RED, sourceExcerpt } from "../shared/excerpt.ts";
import type { ErrorReport } from "../shared/messages.ts";
import { inspectValue } from "./display.ts";
import { cutText, safely, textOf } from "./safely.ts";
import { cellByName } from "./source-positions.ts";

const MAX_CAUSES = 8;
const MAX_FRAMES = 30;
/** Longer messages are cut: a front end has to show them. */
const MAX_MESSAGE = 20_000;

/** Anything can be thrown; anything gets a report. */
export function reportError(thrown: unknown): ErrorReport {
  const { name, message } = nameAndMessage(thrown);
  return { ename: name, evalue: message, traceback: traceback(thrown, 0) };
}

function traceback(thrown: unknown, depth: number): string[] {
  const { name, message } = nameAndMessage(thrown);
  const head = `${RED(name)}: ${message}`;
  if (!isError(thrown)) return [head];
  const frames = framesOf(thrown).slice(0, MAX_FRAMES);
  const lines = [head, ...excerpt(frames), ...frames.map((frame) => DIM(frame))];
  if (depth === MAX_CAUSES) return lines;
  const cause = safely(() => thrown.cause);
  const errors: unknown = safely(() => thrown instanceof AggregateError && thrown.errors);
  const inner = [
    ...(cause === undefined ? [] : [["Caused by", cause] as const]),
    ...(Array.isArray(errors) ? errors.slice(0, MAX_CAUSES).map((error) => ["One of", error] as const) : []),
  ];
  return lines.concat(inner.flatMap(([title, error]) => ["", `${title}:`, ...traceback(error, depth + 1)]));
}

/** The cell's source around the innermost frame that lies in a cell, with a caret below the column. */
function excerpt(frames: string[]): string[] {
  const place = frames
    .map((frame) => /(cell [^:()]+):(\d+):(\d+)/.exec(frame))
    .find((match) => match !== null);
  if (!place) return [];
  const cell = cellByName(place[1]);
  return cell ? sourceExcerpt(cell.source, Number(place[2]), Number(place[3])) : [];
}

function framesOf(error: Error): string[] {
  const stack = safely(() => error.stack) ?? "";
  return textOf(stack)
    .split("\n")
    .filter((line) => /^\s+at /.test(line));
}

function nameAndMessage(thrown: unknown): { name: string; message: string } {
  if (!isError(thrown)) return { name: "Thrown", message: inspectValue(thrown) };
  return {
    name: textOf(safely(() => thrown.name) || "Error", "Error"),
    message: cutText(textOf(safely(() => thrown.message) ?? ""), MAX_MESSAGE),
  };
}

/** Errors of other realms (vm, workers) count too. */
function isError(value: unknown): value is Error {
  return (
    safely(() => value instanceof Error || Object.prototype.toString.call(value) === "[object Error]") ??
    false
  );
}
