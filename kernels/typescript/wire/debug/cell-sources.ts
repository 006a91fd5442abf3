/**
 * Where a line of a cell or file is in what the engine runs, and back.
 *
 * A front end knows a cell's source by a path made of its hash; the engine knows each execution by its URL.
 * Files are known by their path; the loader adds a version to the URL and keeps every line where it was.
 */
import { SourceMap, type SourceMapPayload } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { murmur2 } from "./murmur2.ts";

/** 0-based, as the inspector counts. */
export interface Place {
  line: number;
  column: number;
}

export const HASH_SEED = 0x9747b28c;
export const PATH_PREFIX = `${path.join(tmpdir(), `gradbook-cells-${process.pid}`)}${path.sep}`;
export const PATH_SUFFIX = ".ts";

export const cellPath = (code: string) => `${PATH_PREFIX}${murmur2(code, HASH_SEED)}${PATH_SUFFIX}`;

export const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Older ones can no longer be stepped through. */
const KEPT_CELLS = 1_000;

interface RunCell {
  path: string;
  map: SourceMap;
}

export class CellSources {
  readonly #cells = new Map<string, RunCell>();
  readonly #codes = new Map<string, string>();

  /** Remembers a source that the front end talks about; returns its path. */
  dump(code: string): string {
    const file = cellPath(code);
    this.#codes.set(file, code);
    return file;
  }

  /** A cell is about to run under this URL. */
  add(url: string, code: string, map: string): void {
    this.#cells.set(url, { path: this.dump(code), map: new SourceMap(JSON.parse(map) as SourceMapPayload) });
    if (this.#cells.size <= KEPT_CELLS) return;
    const [[oldest, { path: file }]] = this.#cells;
    this.#cells.delete(oldest);
    if (this.urlsOf(file).length === 0) this.#codes.delete(file);
  }

  code(file: string): string | undefined {
    return this.#codes.get(file);
  }

  /** The URLs of a path's executions and the path of a file: what breakpoints are set on. */
  urlsOf(file: string): string[] {
    return [...this.#cells].filter(([, cell]) => cell.path === file).map(([url]) => url);
  }

  /** The file URL with any version, as a regular expression. */
  fileUrlRegex(file: string): string {
    return `^${escapeRegExp(pathToFileURL(file).href)}(\\?v=\\d+)?$`;
  }

  /** The first place in the running code that comes from a line (0-based) of the cell, or from one below it. */
  generated(url: string, line: number): Place | undefined {
    const cell = this.#cells.get(url);
    if (!cell) return { line, column: 0 };
    const mappings = decodeMappings(cell.map.payload.mappings)
      .filter(({ original }) => original.line >= line)
      .sort((a, b) => a.original.line - b.original.line || compare(a.generated, b.generated));
    return mappings[0]?.generated;
  }

  /** The path and place that the user knows; undefined for code that is not theirs. */
  original(url: string, place: Place): { path: string; place: Place } | undefined {
    const cell = this.#cells.get(url);
    if (cell) {
      const entry = cell.map.findEntry(place.line, place.column);
      if (!("originalLine" in entry)) return undefined;
      return { path: cell.path, place: { line: entry.originalLine, column: entry.originalColumn } };
    }
    return url.startsWith("file:") ? { path: fileURLToPath(url), place } : undefined;
  }
}

const compare = (a: Place, b: Place) => a.line - b.line || a.column - b.column;

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Source map mappings (version 3, one source): base-64 VLQ of differences. */
export function decodeMappings(mappings: string): { generated: Place; original: Place }[] {
  const decoded: { generated: Place; original: Place }[] = [];
  let [originalLine, originalColumn] = [0, 0];
  for (const [line, segments] of mappings.split(";").entries()) {
    let column = 0;
    for (const segment of segments.split(",").filter(Boolean)) {
      const [columnStep, , lineStep, originalStep] = decodeVlq(segment);
      column += columnStep;
      if (lineStep === undefined) continue;
      originalLine += lineStep;
      originalColumn += originalStep;
      const original = { line: originalLine, column: originalColumn };
      decoded.push({ generated: { line, column }, original });
    }
  }
  return decoded;
}

function decodeVlq(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
