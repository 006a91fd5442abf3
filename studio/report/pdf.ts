/**
 * HTML report → PDF, printed by the user's own browser: A4, page numbers, bookmarks, tags for screen readers.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { withBrowser } from "./browser.ts";

/** A4 less its margins at 96 dpi: charts are drawn at the width they are printed with, or they would be cut off. */
const PRINT_WIDTH = 672;

const FOOTER =
  '<div style="width:100%;text-align:center;font:8px system-ui,sans-serif;color:#5a6675">' +
  '<span class="pageNumber"></span> / <span class="totalPages"></span></div>';

/** The bytes of the PDF. */
export async function htmlToPdf(html: string, browserPath: string): Promise<Buffer> {
  // A file and not setContent: a document of megabytes goes over the debugging channel slowly.
  const folder = mkdtempSync(join(tmpdir(), "gradbook-pdf-"));
  const file = join(folder, "report.html");
  writeFileSync(file, html);
  try {
    return await withBrowser(browserPath, async (browser) => {
      const page = browser.pages()[0] ?? (await browser.newPage());
      await page.setViewportSize({ width: PRINT_WIDTH, height: 1000 });
      await page.emulateMedia({ media: "print", colorScheme: "light" });
      await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
      if (html.includes('id="plotly"')) {
        await page.waitForSelector("html[data-charts=drawn]", { state: "attached" });
      }
      return page.pdf({
        preferCSSPageSize: true,
        printBackground: true,
        outline: true,
        tagged: true,
        displayHeaderFooter: true,
        headerTemplate: "<span></span>",
        footerTemplate: FOOTER,
        margin: { top: "17mm", bottom: "18mm", left: "16mm", right: "16mm" },
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The report as a page that opens the print dialog by itself: the way to a PDF when no browser can be driven. A line at
 * the top, which is not printed, says so.
 */
export function printingHtml(html: string): string {
  const notice =
    "<style>@media print { #print-notice { display: none } }</style>" +
    '<p id="print-notice" role="note" style="margin:0;padding:.6em 1em;background:#fff3cd;color:#533f03">' +
    "No Chrome, Chromium or Edge was found that could print this by itself. Choose “Save as PDF” in the print " +
    "dialog, or install one (CHROME_PATH names it) and export again.</p>";
  const script = '<script>addEventListener("load", () => setTimeout(print, 1500))</script>';
  return html.replace(/<body[^>]*>/, (body) => body + notice).replace("</body>", `${script}\n</body>`);
}
