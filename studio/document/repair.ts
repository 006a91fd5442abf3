/**
 * A damaged .ipynb → a notebook of what can be read, and a list of what was wrong.
 *
 * Damage that happens: cut off by a full disk or a crash, git's conflict markers, a slip of an editor, other encodings,
 * keys that are missing or of another type. The file itself is not touched here.
 */
import { fail } from "../../lib/core/errors.ts";
import { joinBundle, joinLines } from "./lines.ts";
import { newCellId, type MimeBundle, type Notebook } from "./notebook.ts";
import { parsePartialJson } from "./partial-json.ts";
import { isObject, parseNotebook } from "./read.ts";
import { upgradeFrom3 } from "./upgrade.ts";
import { cellProblems, isCellId, notebookProblems, outputProblems } from "./validate.ts";

type Json = Record<string, unknown>;

export interface Repair {
  notebook: Notebook;
  /** What was wrong and what became of it, a sentence each; empty for a sound file. */
  problems: string[];
}

/** How a cell begins in a file, whoever wrote it. */
const CELL_START = /\{\s*"(?:attachments|cell_type|execution_count|id|metadata|outputs|source)"\s*:/g;
const CONFLICT = /^<{7}.*\r?\n([\s\S]*?)^={7}.*\r?\n([\s\S]*?)^>{7}.*(?:\r?\n|$)/gm;
const CELL_TYPES = ["code", "markdown", "raw"];

/**
 * Reads what can be read of a notebook file.
 *
 * @param where names the file in errors
 * @throws GradbookError when the format is one that is not known here, or no cell is left
 */
export function repairNotebook(bytes: Uint8Array, where = "notebook"): Repair {
  const { text, problems } = decode(bytes);
  const json = readJson(text, problems);
  const major = isObject(json) ? json.nbformat : undefined;
  // A sound file needs nothing; one of an unknown format is no damaged one, and is refused with the reason.
  if (typeof major === "number" && major !== 4 && major !== 3)
    return { notebook: parseNotebook(text, where), problems };
  const notebook = mended(isObject(json) ? json : {}, problems);
  const left = notebookProblems(notebook);
  if (notebook.cells.length === 0 || left.length > 0) {
    fail(where, {
      expected: "a notebook, or a damaged one with cells that can be read",
      got: left[0] ?? (text.trim() === "" ? "an empty file" : "a file without any"),
      hint: "the file was not changed; restore it from a checkpoint or open it with the text editor",
    });
  }
  return { notebook, problems };
}

function decode(bytes: Uint8Array): { text: string; problems: string[] } {
  const [a, b] = bytes;
  const encoding = a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : "utf-8";
  // The decoder takes a byte order mark away.
  const text = new TextDecoder(encoding).decode(bytes);
  const problems =
    encoding === "utf-8" ? [] : [`The file was in ${encoding.toUpperCase()} instead of UTF-8.`];
  if (text.includes("\uFFFD")) problems.push("Bytes that are no text were replaced by �.");
  return { text, problems };
}

function readJson(text: string, problems: string[]): unknown {
  const whole = parsed(text);
  if (whole !== undefined) return whole;
  const sides = ["$1", "$2"].map((side) => text.replaceAll(CONFLICT, side));
  if (sides[0] !== text) {
    const kept = sides.findIndex((side) => parsed(side) !== undefined);
    const name = ["above", "below"][Math.max(kept, 0)];
    problems.push(`Git's conflict markers: of each conflict the part ${name} ======= is shown.`);
    if (kept >= 0) return parsed(sides[kept]);
  }
  return readBroken(sides[0], problems);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What stands before the damage, and whatever looks like a cell behind it. */
function readBroken(text: string, problems: string[]): unknown {
  const { value, brokenAt = 0 } = parsePartialJson(text);
  const line = text.slice(0, brokenAt).split("\n").length;
  // A word or an escape that was cut in two is left over.
  const isEnd = /^\s*[\w\\.+-]{0,6}\s*$/.test(text.slice(brokenAt));
  problems.push(isEnd ? `The file ends in line ${line}, before it is complete.` : `Line ${line} is no JSON.`);
  const found: unknown[] = [];
  let end = brokenAt;
  for (const { index } of text.matchAll(CELL_START)) {
    if (index < end) continue;
    const cell = parsePartialJson(text, index);
    if (!isObject(cell.value) || !("cell_type" in cell.value)) continue;
    found.push(cell.value);
    end = cell.end;
  }
  if (found.length === 0) return value;
  problems.push(`Cells found behind the damage: ${found.length}.`);
  const notebook = isObject(value) ? value : {};
  return { ...notebook, cells: [...(Array.isArray(notebook.cells) ? notebook.cells : []), ...found] };
}

function mended(json: Json, problems: string[]): Notebook {
  const four = json.nbformat === 3 && Array.isArray(json.worksheets) ? upgradeFrom3(json) : json;
  if (!Array.isArray(four.cells)) problems.push("The list of cells is missing.");
  const metadata = isObject(four.metadata) ? { ...four.metadata } : {};
  for (const [key, names] of [
    ["kernelspec", ["name", "display_name"]],
    ["language_info", ["name"]],
  ] as const) {
    const entry = metadata[key];
    if (entry === undefined || (isObject(entry) && names.every((name) => typeof entry[name] === "string")))
      continue;
    delete metadata[key];
    problems.push(`metadata.${key} was left out: it names no ${names.join(" and ")}.`);
  }
  const ids = new Set<string>();
  const cells = (Array.isArray(four.cells) ? four.cells : []).flatMap((cell: unknown, index) => {
    if (!isObject(cell)) {
      problems.push(`Cell ${index + 1} is no cell; it was left out.`);
      return [];
    }
    const whole = mendedCell(cell, ids);
    const wrong = cellProblems({ ...cell, source: joinLines(cell.source), outputs: whole.outputs });
    if (wrong.length > 0) problems.push(`Cell ${index + 1} was mended: ${wrong.slice(0, 3).join("; ")}.`);
    const lost = Array.isArray(cell.outputs)
      ? cell.outputs.length - ((whole.outputs as unknown[]) ?? []).length
      : 0;
    if (lost > 0) problems.push(`Cell ${index + 1} lost outputs that could not be read: ${lost}.`);
    return [whole];
  });
  return { ...four, nbformat: 4, nbformat_minor: 5, metadata, cells } as unknown as Notebook;
}

function mendedCell(cell: Json, ids: Set<string>): Json {
  const known = CELL_TYPES.includes(cell.cell_type as string);
  const cell_type = known ? cell.cell_type : "raw";
  const id = isCellId(cell.id) && !ids.has(cell.id) ? cell.id : newCellId();
  ids.add(id);
  const metadata = isObject(cell.metadata) ? { ...cell.metadata } : {};
  if (!isStrings(metadata.tags)) delete metadata.tags;
  const { attachments, outputs, execution_count, ...rest } = cell;
  const whole: Json = { ...rest, cell_type, id, metadata, source: sourceText(cell.source) };
  if (cell_type === "code") {
    whole.execution_count =
      Number.isInteger(execution_count) && (execution_count as number) >= 0 ? execution_count : null;
    whole.outputs = (Array.isArray(outputs) ? outputs : []).flatMap(mendedOutput);
  } else if (isObject(attachments) && Object.values(attachments).every(isObject)) {
    whole.attachments = attachments;
  }
  return whole;
}

function mendedOutput(output: unknown): Json[] {
  if (!isObject(output)) return [];
  const joined: Json = { ...output };
  if (output.output_type === "stream") joined.text = joinLines(output.text);
  else if (isObject(output.data)) {
    joined.data = joinBundle(output.data as MimeBundle);
    joined.metadata ??= {};
  }
  if (output.output_type === "execute_result") joined.execution_count ??= null;
  return outputProblems(joined).length === 0 ? [joined] : [];
}

function sourceText(source: unknown): string {
  if (typeof source === "string") return source;
  if (Array.isArray(source))
    return source.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("");
  return source === undefined || source === null ? "" : JSON.stringify(source);
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
