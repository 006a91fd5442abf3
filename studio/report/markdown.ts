/**
 * Markdown cells → HTML: CommonMark with tables and links (markdown-it), formulas (KaTeX), anchors on headings,
 * coloured code, callouts in GitHub's notation (`> [!NOTE]`), images inlined.
 */
import { readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import katexPlugin from "@vscode/markdown-it-katex";
import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
import type { Cell, MimeBundle } from "../document/index.ts";

export interface Heading {
  level: number;
  id: string;
  /** Plain text. */
  text: string;
}

export interface MarkdownRenderer {
  /** HTML of a text or, with its attachments, of a cell. */
  render(source: string, cell?: Cell): string;
  /** The headings rendered so far. */
  readonly headings: Heading[];
}

/**
 * One renderer per report: heading ids are unique over the whole page.
 * @param folder where relative image paths start; images are left as links when absent
 */
export function markdownRenderer(
  highlight: (code: string, language: string) => string,
  folder?: string,
): MarkdownRenderer {
  const headings: Heading[] = [];
  const ids = new Set<string>();
  let attachments: Record<string, MimeBundle> = {};

  const markdown = new MarkdownIt({
    html: true, // Notebooks may hold HTML, as in Jupyter.
    linkify: true,
    highlight: (code, language) => highlight(code.replace(/\n$/, ""), language || "text"),
  });
  markdown.use(anchor, {
    slugify: (title) => uniqueId(title, ids),
    tabIndex: false,
    callback: (token, { slug, title }) =>
      headings.push({ level: Number(token.tag.slice(1)), id: slug, text: title }),
  });
  markdown.use(katexPlugin.default ?? katexPlugin, { throwOnError: false, enableBareBlocks: true });
  markdown.core.ruler.after("block", "callouts", (state) => markCallouts(state.tokens));

  const renderImage = markdown.renderer.rules.image!;
  markdown.renderer.rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const source = String(token.attrGet("src") ?? "");
    token.attrSet("src", inlineImage(source, attachments, folder) ?? source);
    return renderImage(tokens, index, options, env, self);
  };

  return {
    headings,
    render(source, cell) {
      attachments = cell && cell.cell_type !== "code" ? (cell.attachments ?? {}) : {};
      return markdown.render(source);
    },
  };
}

/** `"Why two heads?"` → `"why-two-heads"`, and `"why-two-heads-2"` when that is taken. */
function uniqueId(title: string, taken: Set<string>): string {
  const words = title
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^\p{Letter}\p{Number}\s-]/gu, "");
  const base = words.trim().replace(/\s+/g, "-") || "section";
  let id = base;
  for (let count = 2; taken.has(id); count++) id = `${base}-${count}`;
  taken.add(id);
  return id;
}

interface Token {
  type: string;
  content: string;
  attrJoin(name: string, value: string): void;
}

/** Quotes that begin with `[!NOTE]`, `[!TIP]`, … get a class; the marker itself goes. */
function markCallouts(tokens: Token[]): void {
  tokens.forEach((token, index) => {
    const inline = tokens[index + 2];
    if (token.type !== "blockquote_open" || inline?.type !== "inline") return;
    const marker = /^\[!(note|tip|important|warning|caution)\][ \t]*\n?/i.exec(inline.content);
    if (!marker) return;
    token.attrJoin("class", `callout callout-${marker[1].toLowerCase()}`);
    inline.content = inline.content.slice(marker[0].length);
  });
}

const IMAGE_TYPES: Record<string, string> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};
/** Larger pictures stay links, so that a report does not swell unnoticed. */
const LARGEST_IMAGE = 4 << 20;

/** A data URL for an attachment or an image file beside the notebook; undefined for anything else. */
function inlineImage(
  source: string,
  attachments: Record<string, MimeBundle>,
  folder: string | undefined,
): string | undefined {
  const name = decoded(source);
  if (name.startsWith("attachment:")) {
    const [mime, data] = Object.entries(attachments[name.slice("attachment:".length)] ?? {})[0] ?? [];
    return mime && `data:${mime};base64,${String(data).replace(/\s/g, "")}`;
  }
  const mime = IMAGE_TYPES[extname(name).toLowerCase()];
  if (folder === undefined || mime === undefined || /^[a-z][a-z+.-]*:|^\/\//i.test(name)) return undefined;
  const file = resolve(folder, name);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile() || statSync(file).size > LARGEST_IMAGE)
    return undefined;
  return `data:${mime};base64,${readFileSync(file).toString("base64")}`;
}

function decoded(source: string): string {
  try {
    return decodeURI(source);
  } catch {
    return source; // A stray "%" is part of the name.
  }
}
