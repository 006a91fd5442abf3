/** The formats of reports, and how a word becomes one. */
import { GradbookError, nearest } from "../../lib/core/errors.ts";

export const REPORT_FORMATS = ["html", "pdf", "md", "script"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** JupyterLab's menu says `markdown` and `webpdf` where we say `md` and `pdf`. */
const ALIASES: Record<string, ReportFormat> = { markdown: "md", webpdf: "pdf", typescript: "script" };

/** @throws GradbookError for an unknown format, naming the nearest known one */
export function readFormat(word: string): ReportFormat {
  const name = ALIASES[word] ?? word;
  const known = REPORT_FORMATS.find((format) => format === name);
  if (known) return known;
  const near = nearest(word, REPORT_FORMATS);
  const hint = near ? `; did you mean ${near}?` : "";
  throw new GradbookError("report format", `expected ${REPORT_FORMATS.join(", ")}, got ${word}${hint}`);
}
