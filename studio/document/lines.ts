/**
 * Line arrays ↔ strings: which texts of a notebook file are split into lines, and where the lines end.
 *
 * The rules are those of Python's nbformat, so that a file saved here and a file saved by Jupyter agree byte
 * for byte. Python also ends a line at form feeds, file separators, U+0085, U+2028 and U+2029.
 */
import type { MimeBundle } from "./notebook.ts";

const LINE = /[^\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]|$)/gy;

/** `"a\nb"` → `["a\n", "b"]`; `""` → `[]`. */
export function splitLines(text: string): string[] {
  const lines = text.match(LINE) ?? [];
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** `["a\n", "b"]` → `"a\nb"`; anything but an array of strings stays as it is. */
export function joinLines(value: unknown): unknown {
  return Array.isArray(value) && value.every((line) => typeof line === "string") ? value.join("") : value;
}

/** `application/json` and `application/…+json`: their value is a JSON value, never lines of text. */
export function isJsonMime(mime: string): boolean {
  return mime === "application/json" || (mime.startsWith("application/") && mime.endsWith("+json"));
}

const SPLIT_IN_FILES = new Set(["application/javascript", "image/svg+xml"]);

/** The bundle as the file holds it: texts, scripts and SVG as line arrays. */
export function splitBundle(bundle: MimeBundle): MimeBundle {
  return mapBundle(bundle, (mime, value) =>
    typeof value === "string" && (mime.startsWith("text/") || SPLIT_IN_FILES.has(mime))
      ? splitLines(value)
      : value,
  );
}

export function joinBundle(bundle: MimeBundle): MimeBundle {
  return mapBundle(bundle, (mime, value) => (isJsonMime(mime) ? value : joinLines(value)));
}

function mapBundle(bundle: MimeBundle, change: (mime: string, value: unknown) => unknown): MimeBundle {
  return Object.fromEntries(Object.entries(bundle).map(([mime, value]) => [mime, change(mime, value)]));
}
