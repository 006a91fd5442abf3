/**
 * From positions in what runs to positions in what the user wrote.
 *
 * Stack traces are rendered by our own Error.prepareStackTrace: frames of cells are mapped through their
 * source maps and named `cell 3:2:9`, module versions (`?v=…`) vanish, and frames of the kernel and of
 * Node's inside are left out.
 */
import { SourceMap, type SourceMapPayload } from "node:module";
import { fileURLToPath } from "node:url";
import { cellUrl } from "../shared/cell-url.ts";

interface Mapped {
  json: string;
  map?: SourceMap;
  /** The name in stack traces; without it, the URL's file path. */
  name?: string;
}

export interface CellSource {
  name: string;
  source: string;
}

const KERNEL = new URL("../", import.meta.url).href;
/** Enough for any stack trace one still looks at; older cells are shown without lines. */
const KEPT_CELLS = 2_000;
const maps = new Map<string, Mapped>();
const cells = new Map<string, CellSource>();

export function addCell(cell: number, source: CellSource, map: string): void {
  cells.set(cellUrl(cell), source);
  maps.set(cellUrl(cell), { json: map, name: source.name });
  const oldest = cellUrl(cell - KEPT_CELLS);
  cells.delete(oldest);
  maps.delete(oldest);
}

export function addSourceMap(url: string, map: string): void {
  maps.set(url, { json: map });
}

export const cellName = (cell: number) => cells.get(cellUrl(cell))?.name ?? cellUrl(cell);

/** The cell that a rendered frame names, for the excerpt below an error. */
export function cellByName(name: string): CellSource | undefined {
  return [...cells.values()].findLast((cell) => cell.name === name);
}

/** Line and column, both from 1, in the user's source. */
export function originalPosition(
  url: string,
  line: number,
  column: number,
): { line: number; column: number } {
  const mapped = maps.get(url);
  if (!mapped) return { line, column };
  mapped.map ??= new SourceMap(JSON.parse(mapped.json) as SourceMapPayload);
  const entry = mapped.map.findEntry(line - 1, column - 1);
  return "originalLine" in entry
    ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
    : { line, column };
}

/** One frame, with every place in it as the user knows it. */
function renderFrame(frame: string): string {
  return frame.replace(
    /(cell:\d+|file:\/\/\/[^\s()]+?)(\?v=\d+)?:(\d+):(\d+)/g,
    (_, base, version = "", l, c) => {
      const url = `${base}${version}`;
      const { line, column } = originalPosition(url, Number(l), Number(c));
      const place = maps.get(url)?.name ?? (base.startsWith("file:") ? fileURLToPath(base) : base);
      return `${place}:${line}:${column}`;
    },
  );
}

const isKernelFrame = (frame: string) => frame.includes(KERNEL) || /node:(inspector|internal)/.test(frame);

/** The user's frames: what the kernel called last and what called the cell are not theirs. */
function userFrames(frames: string[]): string[] {
  const first = frames.findIndex((frame) => !isKernelFrame(frame));
  if (first < 0) return [];
  const below = frames.findIndex((frame, index) => index > first && frame.includes(KERNEL));
  const kept = below < 0 ? frames.slice(first) : frames.slice(first, below);
  return kept.filter((frame) => !isKernelFrame(frame) && frame !== "new Promise (<anonymous>)");
}

/** Installs the rendering for every error of the user thread. */
export function renderStackTraces(): void {
  Error.prepareStackTrace = (error, frames) => {
    const shown = userFrames(frames.map(String)).map(renderFrame);
    return [describe(error), ...shown.map((frame) => `    at ${frame}`)].join("\n");
  };
}

function describe(error: Error): string {
  try {
    return String(error);
  } catch {
    return "Error"; // A name or message that throws when read.
  }
}
