/** What came out of an evaluation: a table in a notebook, lines on a terminal, JSON in a file. */
import { readFileSync, writeFileSync } from "node:fs";
import { fail } from "../../core/errors.ts";
import { escapeHtml } from "../../notebook/escape-html.ts";
import { compareScores, type Comparison } from "../metrics/significance.ts";
import type { MetricResult, TaskResult } from "./result.ts";

export interface EvaluationSettings {
  limit?: number;
  shots: number;
  seed: number;
  samples: number;
}

const FORMAT = "gradbook-evaluation";

export class EvaluationReport {
  readonly model: string;
  readonly results: readonly TaskResult[];
  readonly settings: EvaluationSettings;

  constructor(model: string, results: readonly TaskResult[], settings: EvaluationSettings) {
    this.model = model;
    this.results = results;
    this.settings = settings;
  }

  /** One number. @throws GradbookError when there is no such task or metric */
  metric(task: string, name: string): MetricResult {
    const metrics = this.results.find((result) => result.task === task)?.metrics ?? [];
    const found = metrics.find((metric) => metric.name === name);
    const known = this.results.flatMap((result) => result.metrics.map((m) => `${result.task}/${m.name}`));
    return found ?? fail("report.metric", { expected: `one of ${known.join(", ")}`, got: `${task}/${name}` });
  }

  /** Everything, answers included; `EvaluationReport.load` reads it back. */
  save(path: string): void {
    const { model, settings, results } = this;
    writeFileSync(path, `${JSON.stringify({ format: FORMAT, model, settings, results }, null, 1)}\n`);
  }

  static load(path: string): EvaluationReport {
    const json = JSON.parse(readFileSync(path, "utf8")) as Partial<EvaluationReport> & { format?: unknown };
    if (json.format !== FORMAT || !json.results || !json.settings)
      return fail(path, { expected: "a saved evaluation", got: "another file" });
    return new EvaluationReport(String(json.model), json.results, json.settings);
  }

  toJSON(): object {
    return { model: this.model, settings: this.settings, results: this.results };
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const rows = this.results.flatMap(
      ({ task, examples, metrics }) =>
      metrics.map(({ name, value, low, high }) => [task, name, number(value), `${number(low)} – ${number(high)}`, String(examples)]), // prettier-ignore
    );
    return tableBundle(this.model, ["task", "metric", "value", "95 % interval", "examples"], rows);
  }
}

export interface ComparedMetric extends Comparison {
  task: string;
  metric: string;
  a: number;
  b: number;
}

/** Two models on the same examples. */
export class ComparisonReport {
  readonly a: string;
  readonly b: string;
  readonly metrics: readonly ComparedMetric[];

  constructor(a: string, b: string, metrics: readonly ComparedMetric[]) {
    this.a = a;
    this.b = b;
    this.metrics = metrics;
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const rows = this.metrics.map(({ task, metric, a, b, difference, low, high, pValue }) => [
      ...[task, metric, number(a), number(b), number(difference)],
      `${number(low)} – ${number(high)}`,
      pValue < 0.001 ? "< 0.001" : pValue.toFixed(3),
    ]);
    const head = ["task", "metric", this.a, this.b, "difference", "95 % interval", "p"];
    return tableBundle(`${this.a} against ${this.b}`, head, rows);
  }
}

/**
 * Where two models differ by more than chance, for each metric that is a mean over examples.
 *
 * @throws GradbookError when the reports share no task with the same number of examples
 */
export function compareReports(a: EvaluationReport, b: EvaluationReport): ComparisonReport {
  const metrics = a.results.flatMap(({ task, metrics: ours }) => {
    const theirs = b.results.find((result) => result.task === task)?.metrics ?? [];
    return ours.flatMap((one): ComparedMetric[] => {
      const other = theirs.find(({ name }) => name === one.name);
      if (!one.parts || !other?.parts || one.parts.length !== other.parts.length) return [];
      const compared = compareScores(one.parts, other.parts, { seed: a.settings.seed });
      return [{ task, metric: one.name, a: one.value, b: other.value, ...compared }];
    });
  });
  if (metrics.length === 0)
    fail("compareReports", {
      expected: "two reports of the same tasks with the same examples",
      got: "none in common",
      hint: "evaluate both with the same tasks, limit and seed",
    });
  return new ComparisonReport(a.model, b.model, metrics);
}

const number = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(1) : Number(value.toPrecision(3)).toString();

function tableBundle(
  title: string,
  head: readonly string[],
  rows: readonly string[][],
): Record<string, string> {
  const cells = (tag: string, row: readonly string[]): string =>
    row
      .map((cell, i) => `<${tag} style="text-align:${i < 2 ? "left" : "right"}">${escapeHtml(cell)}</${tag}>`)
      .join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("");
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ").trimEnd(); // prettier-ignore
  return {
    "text/html":
      `<table><caption style="text-align:left"><b>${escapeHtml(title)}</b></caption>` +
      `<thead><tr>${cells("th", head)}</tr></thead><tbody>${body}</tbody></table>`,
    "text/plain": [title, line(head), ...rows.map(line)].join("\n"),
  };
}
