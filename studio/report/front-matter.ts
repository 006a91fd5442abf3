/**
 * Title, author and date of a report.
 *
 * First the YAML block between `---` lines at the top of the first cell (Quarto's place), then the notebook's
 * metadata (`title`, `authors`, `date`: nbconvert's place), then the first heading.
 */
import { parse as parseYaml } from "yaml";
import { fail } from "../../lib/core/errors.ts";
import type { Notebook } from "../document/index.ts";

export interface FrontMatter {
  title?: string;
  subtitle?: string;
  authors: string[];
  /** As written; years, months and days when YAML made a date of it. */
  date?: string;
  description?: string;
  lang?: string;
}

/** Front matter with the title that the page gets in any case. */
export type Front = FrontMatter & { title: string };

const BLOCK = /^---[ \t]*\n([\s\S]*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/;

/**
 * Reads the front matter and returns the notebook without its YAML block.
 * @param name the report's name when nothing else gives a title, e.g. the file's
 * @throws GradbookError when the block is no YAML
 */
export function takeFrontMatter(notebook: Notebook, name: string): { front: Front; notebook: Notebook } {
  const [first, ...rest] = notebook.cells;
  const block = first && first.cell_type !== "code" ? BLOCK.exec(first.source) : null;
  const metadata = notebook.metadata as { title?: unknown; authors?: unknown; date?: unknown };
  if (!block) {
    const front = readFields(metadata);
    return { front: { ...front, title: front.title ?? firstHeading(notebook) ?? name }, notebook };
  }
  const front = { ...readFields(metadata), ...readFields(parseBlock(block[1], name)) };
  const source = first.source.slice(block[0].length).trimStart();
  const cells = source.trim() === "" ? rest : [{ ...first, source }, ...rest];
  const body = { ...notebook, cells };
  return { front: { ...front, title: front.title ?? firstHeading(body) ?? name }, notebook: body };
}

function parseBlock(yaml: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = parseYaml(yaml);
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
  } catch (cause) {
    fail(`${name}, front matter`, {
      expected: "YAML between --- lines",
      got: (cause as Error).message,
      cause,
    });
  }
}

function readFields(fields: Record<string, unknown>): FrontMatter {
  const { title, subtitle, date, description, lang } = fields;
  const listed = [fields.author ?? fields.authors ?? []].flat();
  const authors = listed
    .map((author) => text((author as { name?: unknown })?.name ?? author))
    .filter((a) => a !== undefined);
  const front = {
    title: text(title),
    subtitle: text(subtitle),
    date: text(date),
    description: text(description),
    lang: text(lang),
  };
  const present = Object.fromEntries(Object.entries(front).filter(([, value]) => value !== undefined));
  return { ...present, authors };
}

function text(value: unknown): string | undefined {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return value === undefined || value === null || value === "" ? undefined : String(value);
}

function firstHeading(notebook: Notebook): string | undefined {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === "markdown" && /^# +(.+?)\s*#*$/m.exec(cell.source);
    if (heading) return plainHeading(heading[1]);
  }
  return undefined;
}

/** A heading without Markdown's marks; an underscore inside a word is no mark. */
export function plainHeading(heading: string): string {
  return heading.replace(/[*`]/g, "").replace(/(^|\W)_+|_+(?=\W|$)/g, "$1");
}
