/** The report of a curation run as a page: funnel, table with reasons and examples. */
import { funnelFigure, reportBundle, type PipelineReport } from "../../lib/data/index.ts";
import { codeCell, markdownCell, newNotebook, type Cell } from "../document/index.ts";
import { renderHtml } from "../report/index.ts";

/** @param inputs what was curated, for the title */
export async function curationPage(report: PipelineReport, inputs: readonly string[]): Promise<string> {
  const [read, last] = [report.steps[0].documentsOut, report.steps.at(-1)!.documentsOut];
  const intro =
    `# Curation of ${inputs.join(", ")}\n\n` +
    `${last.toLocaleString("en")} of ${read.toLocaleString("en")} documents are left. Open a reason to see what was dropped for it.`;
  const figures = (["documents", "characters"] as const).map((quantity) =>
    shown({
      "application/vnd.plotly.v1+json": funnelFigure(report, quantity),
      "text/plain": `${quantity} left after each step`,
    }),
  );
  const cells: Cell[] = [markdownCell(intro), figures[0], shown(reportBundle(report)), figures[1]];
  return renderHtml(newNotebook(cells), { code: "hide", contents: false });
}

/** A cell that only shows something. */
function shown(data: Record<string, unknown>): Cell {
  return { ...codeCell(""), outputs: [{ output_type: "display_data", data, metadata: {} }] } as Cell;
}
