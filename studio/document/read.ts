/**
 * Notebook file → document: JSON, older formats upgraded, everything checked once.
 *
 * The error says where the file stops being a notebook, and the file is never touched; repair.ts reads what is left
 * of a damaged one.
 */
import { readFileSync } from "node:fs";
import { fail } from "../../lib/core/errors.ts";
import { joinBundle, joinLines } from "./lines.ts";
import type { MimeBundle, Notebook } from "./notebook.ts";
import { upgradeFrom3, upgradeMinor } from "./upgrade.ts";
import { notebookProblems } from "./validate.ts";

type Json = Record<string, unknown>;

/**
 * Reads an .ipynb file.
 * @throws GradbookError when the file is missing, is no JSON, or is no notebook of format 3 or 4
 */
export function readNotebook(path: string): Notebook {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : (cause as Error).message;
    fail(path, { expected: "a notebook file", got: reason, hint: "check the path", cause });
  }
  return parseNotebook(text, path);
}

/**
 * Parses the text of an .ipynb file.
 * @param where names the file in errors
 */
export function parseNotebook(text: string, where = "notebook"): Notebook {
  const json = parseJson(text, where);
  const major = json.nbformat;
  if (typeof major !== "number") {
    fail(where, { expected: "a notebook (a JSON object with nbformat)", got: json });
  }
  if (major > 4) {
    const hint = `this file is from a newer Jupyter; save it there as format 4`;
    fail(where, { expected: "nbformat 4 (or 3, which is upgraded)", got: `nbformat ${major}`, hint });
  }
  if (major < 3) {
    const hint = `open and save it once with IPython 3 or "jupyter nbconvert --to notebook"`;
    fail(where, { expected: "nbformat 3 or 4", got: `nbformat ${major}`, hint });
  }
  const upgraded = upgradeMinor(joinTexts(major === 3 ? upgradeFrom3(json) : json));
  const problems = notebookProblems(upgraded);
  if (problems.length > 0) {
    const more = problems.length > 3 ? ` (and ${problems.length - 3} more)` : "";
    fail(where, {
      expected: `a notebook of format 4.${upgraded.nbformat_minor}`,
      got: problems.slice(0, 3).join("; ") + more,
      hint: "the file was not changed; restore it from a checkpoint or repair it in a text editor",
    });
  }
  return upgraded as unknown as Notebook;
}

function parseJson(text: string, where: string): Json {
  if (text.trim() === "") fail(where, { expected: "a notebook", got: "an empty file" });
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const hint = /^(<{7}|={7}|>{7}) ?/m.test(text)
      ? "it holds git conflict markers; resolve the merge first"
      : "the file was not changed; restore it from a checkpoint or repair it in a text editor";
    fail(where, { expected: "JSON", got: (cause as Error).message, hint, cause });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    fail(where, { expected: "a notebook (a JSON object with nbformat)", got: value });
  }
  return value as Json;
}

/** Line arrays → strings, in place: `source`, stream texts, texts in bundles and attachments. */
function joinTexts(notebook: Json): Json {
  if (!Array.isArray(notebook.cells)) return notebook;
  for (const cell of notebook.cells.filter(isObject)) {
    cell.source = joinLines(cell.source);
    if (isObject(cell.attachments)) {
      for (const [name, bundle] of Object.entries(cell.attachments)) {
        if (isObject(bundle)) cell.attachments[name] = joinBundle(bundle as MimeBundle);
      }
    }
    if (!Array.isArray(cell.outputs)) continue;
    for (const output of cell.outputs.filter(isObject)) {
      if (output.output_type === "stream") output.text = joinLines(output.text);
      else if (isObject(output.data)) output.data = joinBundle(output.data);
    }
  }
  return notebook;
}

export function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
