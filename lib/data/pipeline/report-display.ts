/**
 * How a report shows itself in a notebook: a funnel of what is left after each step, and under it a table with
 * the reasons, each with examples to open. `dropped(report, step)` gives the same examples as plain data.
 */
import { formatCount, formatDuration } from "../../core/progress.ts";
import type { PipelineReport, Reason, StepReport } from "./report.ts";
import type { Sample } from "./samples.ts";

const DISPLAY = Symbol.for("Jupyter.display");

/** Gives a report its display; the report's fields stay plain data. */
export function showReport(report: PipelineReport): PipelineReport {
  if (DISPLAY in report) return report;
  Object.defineProperty(report, DISPLAY, { value: () => reportBundle(report), configurable: true });
  return report;
}

/** MIME bundle of a report: `text/html`, and `text/plain` for terminals. */
export function reportBundle(report: PipelineReport): Record<string, unknown> {
  return { "text/html": reportHtml(report), "text/plain": reportText(report) };
}

/**
 * The documents left after each step as a plotly figure (a funnel).
 *
 * @param quantity what the bars measure
 */
export function funnelFigure(report: PipelineReport, quantity: "documents" | "characters" = "documents") {
  const values = report.steps.map((step) =>
    quantity === "documents" ? step.documentsOut : step.charactersOut,
  );
  const names = report.steps.map((step, i) => (i === 0 ? `read (${step.name})` : step.name));
  return {
    data: [
      {
        type: "funnel",
        y: names,
        x: values,
        textinfo: "value+percent initial",
        hoverinfo: "y+x+percent initial",
      },
    ],
    layout: {
      title: { text: `${quantity[0].toUpperCase()}${quantity.slice(1)} left after each step` },
      margin: { l: 160, t: 40, r: 20, b: 20 },
      height: 60 + 42 * names.length,
    },
  };
}

/** Examples of what a step dropped, with the reason of each. */
export function dropped(report: PipelineReport, step: string): (Sample & { reason: string })[] {
  const found = report.steps.find(({ name }) => name === step);
  return Object.entries(found?.dropped ?? {}).flatMap(([reason, { samples }]) =>
    samples.map((sample) => ({ reason, ...sample })),
  );
}

/** A report as lines of text. */
export function reportText(report: PipelineReport): string {
  const [source, ...steps] = report.steps;
  const width = Math.max(...report.steps.map(({ name }) => name.length));
  const lines = [`${source.name.padEnd(width)}  ${formatCount(source.documentsOut)} documents`];
  for (const step of steps) {
    const why = reasonsOf(step)
      .map(([reason, { count }]) => `${reason} ${formatCount(count)}`)
      .join(", ");
    const changed = step.changed > 0 ? ` · changed ${formatCount(step.changed)}` : "";
    lines.push(
      `${step.name.padEnd(width)}  ${formatCount(step.documentsIn)} → ${formatCount(step.documentsOut)}` +
        ` · ${formatDuration(step.seconds)}${changed}${why ? ` · ${why}` : ""}`,
    );
  }
  for (const [reason, { count, samples }] of Object.entries(report.problems))
    lines.push(`not readable: ${reason} ${count} (first: ${samples.map(({ id }) => id).join(", ")})`);
  const state = report.finished ? "finished" : "not finished";
  lines.push(`${state} in ${formatDuration(report.seconds)} with ${report.workers || "no"} workers`);
  return lines.join("\n");
}

function reportHtml(report: PipelineReport): string {
  const first = report.steps[0];
  const rows = report.steps.map((step, i) => {
    const share = first.documentsOut > 0 ? (100 * step.documentsOut) / first.documentsOut : 0;
    const bar =
      `<div style="background:#4c78a8;opacity:.75;height:.7em;width:${share.toFixed(1)}%"` +
      ` title="${share.toFixed(1)} % of the documents read"></div>`;
    const reasons = reasonsOf(step).map(reasonHtml).join(" ");
    return (
      `<tr><th style="text-align:left">${escape(step.name)}</th>` +
      `<td>${i === 0 ? "" : formatCount(step.documentsIn)}</td><td>${formatCount(step.documentsOut)}</td>` +
      `<td>${formatCount(step.charactersOut)}</td><td>${step.changed ? formatCount(step.changed) : ""}</td>` +
      `<td>${formatDuration(step.seconds)}</td><td style="min-width:8em">${bar}</td></tr>` +
      // Below the numbers: beside them there is no room for reasons on a narrow page.
      (reasons &&
        `<tr><td></td><td colspan="6" style="text-align:left;white-space:normal">dropped because ${reasons}</td></tr>`)
    );
  });
  const problems = Object.entries(report.problems).map(reasonHtml).join(" ");
  const heads = ["step", "documents in", "out", "characters out", "changed", "processor time", ""];
  return (
    `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead>` +
    `<tbody>${rows.join("")}</tbody></table>` +
    (problems ? `<p>Not readable: ${problems}</p>` : "") +
    `<p>${formatDuration(report.seconds)}, ${report.workers || "no"} worker threads</p>`
  );
}

function reasonsOf(step: StepReport): [string, Reason][] {
  return Object.entries(step.dropped).sort(([, a], [, b]) => b.count - a.count);
}

function reasonHtml([reason, { count, samples }]: [string, Reason]): string {
  const shown = samples.map(
    ({ id, text, value }) =>
      `<p><b>${escape(id)}</b>${value === undefined ? "" : ` (${Number(value.toPrecision(4))})`}<br>` +
      `${escape(text.slice(0, 300))}</p>`,
  );
  return (
    `<details style="display:inline-block;margin-right:.8em"><summary>${escape(reason)}: ${formatCount(count)}</summary>` +
    `<div style="max-width:60em;white-space:pre-wrap">${shown.join("")}</div></details>`
  );
}

/** Text as HTML shows it. */
export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
}
