/**
 * Several runs of one notebook side by side: a table of parameters and recorded values, the curves of their
 * charts in one picture, and each recorded number against the parameter that was swept.
 *
 * The page is itself made from a notebook document, so it looks like every other report.
 */
import { formatDuration } from "../../lib/core/progress.ts";
import {
  codeCell,
  isCodeCell,
  markdownCell,
  newNotebook,
  type Cell,
  type Notebook,
} from "../document/index.ts";
import { PLOTLY_MIME, type PlotlyFigure } from "./charts.ts";
import { renderHtml } from "./html.ts";
import { formatRecorded } from "./outputs.ts";

export interface ComparedRun {
  /** The parameters that differ between the runs, in words: `learningRate=0.001`. */
  label: string;
  parameters: Record<string, string>;
  /** Recorded values by name. */
  records: Record<string, unknown>;
  seconds: number;
  ok: boolean;
  /** Link to the run's own report or notebook. */
  href: string;
  notebook: Notebook;
}

interface Trace {
  name?: string;
  x?: unknown[];
  y?: unknown[];
  /** `"x"` or nothing for the first panel. */
  xaxis?: string;
  showlegend?: boolean;
}

/** The comparison as the text of an .html file. */
export async function renderComparison(runs: ComparedRun[], title: string): Promise<string> {
  const cells: Cell[] = [
    markdownCell(`# ${title}\n\n${introduction(runs)}`),
    markdownCell(`## Results\n\n${resultTable(runs)}`),
  ];
  const curves = curveCharts(runs);
  if (curves.length > 0) cells.push(markdownCell("## Curves"), chartCell(curves));
  const trends = trendCharts(runs);
  if (trends.length > 0)
    cells.push(markdownCell("## Recorded values against the parameter"), chartCell(trends));
  return renderHtml(newNotebook(cells), { code: "hide", contents: false });
}

/** How many runs, and the parameters that were the same in all of them. */
function introduction(runs: ComparedRun[]): string {
  const swept = sweptParameters(runs);
  const fixed = Object.entries(runs[0].parameters).filter(([name]) => !swept.includes(name));
  const words = fixed.map(([name, value]) => `\`${name}=${value}\``).join(", ");
  return words ? `${runs.length} runs with ${words}.` : `${runs.length} runs.`;
}

function sweptParameters(runs: ComparedRun[]): string[] {
  const names = unique(runs.flatMap((run) => Object.keys(run.parameters)));
  return names.filter((name) => new Set(runs.map((run) => run.parameters[name])).size > 1);
}

function resultTable(runs: ComparedRun[]): string {
  const parameters = sweptParameters(runs);
  const records = unique(runs.flatMap((run) => Object.keys(run.records)));
  const row = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const lines = runs.map(({ href, ok, seconds, ...run }) =>
    row([
      ...parameters.map((name) => run.parameters[name] ?? ""),
      ...records.map((name) => (name in run.records ? formatRecorded(run.records[name]) : "–")),
      formatDuration(seconds).replace(" ", "\u00a0"),
      `[${ok ? "open" : "**failed**"}](<${href}>)`,
    ]),
  );
  const head = [...parameters, ...records, "time", ""];
  return [
    row(head),
    row(head.map((_name, index) => (index < parameters.length ? "---" : "---:"))),
    ...lines,
  ].join("\n");
}

/** One chart per curve of the notebook's first chart, with one line per run. */
function curveCharts(runs: ComparedRun[]): PlotlyFigure[] {
  const figures = runs.map(({ notebook }) => firstFigure(notebook));
  const tracesOf = (figure: PlotlyFigure | undefined) =>
    ((figure?.data ?? []) as Trace[]).filter(
      ({ name, xaxis = "x", showlegend }) => name && xaxis === "x" && showlegend !== false,
    );
  const names = unique(figures.flatMap((figure) => tracesOf(figure).map(({ name }) => name!)));
  return names.map((name) => {
    const data = figures.flatMap((figure, index) => {
      const trace = tracesOf(figure).find((each) => each.name === name);
      if (!trace) return [];
      return [
        { type: "scatter", mode: "lines", name: runs[index].label, showlegend: true, x: trace.x, y: trace.y },
      ];
    });
    const axes = figures.find((figure) => figure)?.layout as
      { xaxis?: AxisTitle; yaxis?: AxisTitle } | undefined;
    return chart(name, data, axes?.xaxis?.title?.text ?? "", axes?.yaxis?.title?.text ?? "");
  });
}

interface AxisTitle {
  title?: { text?: string };
}

/** When one numeric parameter was swept: each recorded number against it. */
function trendCharts(runs: ComparedRun[]): PlotlyFigure[] {
  const swept = sweptParameters(runs);
  const values = runs.map((run) => Number(run.parameters[swept[0]]));
  if (swept.length !== 1 || values.some(Number.isNaN)) return [];
  const spread = Math.max(...values) / Math.min(...values);
  const type = Math.min(...values) > 0 && spread >= 10 ? "log" : "linear";
  const records = unique(runs.flatMap((run) => Object.keys(run.records)));
  return records.flatMap((name) => {
    const points = runs
      .map((run, index) => ({ x: values[index], y: run.records[name] }))
      .filter(({ y }) => typeof y === "number")
      .sort((a, b) => a.x - b.x);
    if (points.length < 2) return [];
    const data = [
      { type: "scatter", mode: "lines+markers", x: points.map(({ x }) => x), y: points.map(({ y }) => y) },
    ];
    return [chart(name, data, swept[0], name, type)];
  });
}

function chart(title: string, data: object[], x: string, y: string, type?: "log" | "linear"): PlotlyFigure {
  const layout = {
    title: { text: title },
    xaxis: { title: { text: x }, ...(type && { type }) },
    yaxis: { title: { text: y } },
    height: 340,
  };
  return { data, layout };
}

function chartCell(figures: PlotlyFigure[]): Cell {
  const outputs = figures.map((figure) => ({
    output_type: "display_data" as const,
    data: { [PLOTLY_MIME]: figure },
    metadata: {},
  }));
  return { ...codeCell(""), outputs };
}

function firstFigure(notebook: Notebook): PlotlyFigure | undefined {
  const figures = notebook.cells
    .filter(isCodeCell)
    .flatMap((cell) => cell.outputs)
    .flatMap((output) =>
      "data" in output && output.data[PLOTLY_MIME] ? [output.data[PLOTLY_MIME] as PlotlyFigure] : [],
    );
  // A chart of a run over time rather than a bar chart of the data: lines with a legend.
  const isCurve = (trace: Trace & { mode?: string }) => trace.name && trace.mode?.includes("lines");
  return figures.find(({ data }) => data.some(isCurve));
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
