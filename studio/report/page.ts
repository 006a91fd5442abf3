/** The HTML page around a report or an index: head, style, title, landmarks. */
import { readFileSync } from "node:fs";
import { escapeHtml } from "./escape.ts";
import type { Front } from "./front-matter.ts";

export interface PageParts {
  front: Front;
  /** HTML of the main landmark; its text begins at an element with the id `text`. */
  main: string;
  /** CSS besides the page's own. */
  style?: string;
  /** Whether a table of contents needs its room at the side. */
  hasContents?: boolean;
  /** `<script>` elements for the end of the page. */
  scripts?: string;
}

export function pageShell({ front, main, style = "", hasContents = false, scripts = "" }: PageParts): string {
  const pageStyle = readFileSync(new URL("page/page.css", import.meta.url), "utf8");
  const description = front.description
    ? `<meta name="description" content="${escapeHtml(front.description)}">\n`
    : "";
  return `<!doctype html>
<html lang="${escapeHtml(front.lang ?? "en")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="gradbook">
${description}<title>${escapeHtml(front.title)}</title>
<style>
${pageStyle}${style}</style>
</head>
<body${hasContents ? ' class="with-contents"' : ""}>
<a class="skip" href="#text">Skip to the text</a>
<main class="page">
${main}
</main>
${scripts}
</body>
</html>
`;
}

/** Title, subtitle, authors, date and description; `more` is HTML under them. */
export function renderTitle(front: Front, more = ""): string {
  const byline = [front.authors.join(", "), front.date].filter((part) => part !== undefined && part !== "");
  const lines = [
    `<h1>${escapeHtml(front.title)}</h1>`,
    front.subtitle && `<p class="subtitle">${escapeHtml(front.subtitle)}</p>`,
    byline.length > 0 && `<p class="byline">${escapeHtml(byline.join(" · "))}</p>`,
    front.description && `<p class="description">${escapeHtml(front.description)}</p>`,
    more,
  ];
  return `<header class="title">${lines.filter(Boolean).join("\n")}</header>`;
}
