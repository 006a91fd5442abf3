/** Reports of notebooks: HTML, PDF, Markdown, script. */
export { renderComparison, type ComparedRun } from "./comparison.ts";
export { findBrowser, withBrowser } from "./browser.ts";
export { chartPictures } from "./chart-pictures.ts";
export { exportDocument, exportNotebook, type Export, type ExportOptions } from "./export.ts";
export { readFormat, REPORT_FORMATS, type ReportFormat } from "./formats.ts";
export { renderHtml, type HtmlOptions } from "./html.ts";
export { renderMarkdown, type MarkdownOptions } from "./markdown-report.ts";
export { renderSite, type SiteFile, type SiteOptions } from "./site.ts";
export type { CodeMode } from "./tags.ts";
