/**
 * Comparing runs: a table of what was tried and what came out, curves over each other, and the best run.
 */
import type { ColumnTable } from "arquero";
import { fail } from "../../core/errors.ts";
import { DISPLAY, type Displayable } from "../bundle.ts";
import type { MimeBundle } from "../host.ts";
import { dataTable } from "../plots/data-table.ts";
import { lineChart, type LineChartOptions } from "../plots/line-chart.ts";
import { parallelCoordinates } from "../plots/parallel-coordinates.ts";
import { readRuns, type Run } from "./read-runs.ts";

export interface RunHistory extends Displayable {
  readonly runs: readonly Run[];
  /** One row per run: id, start, status, step, last value of each metric, and the hyper-parameters that differ. */
  readonly table: ColumnTable;
  /** The curves of one metric over each other, e.g. `history.chart("eval_loss")`. */
  chart(metric?: string, options?: LineChartOptions): Displayable;
  /** One line per run across its hyper-parameters to its result. */
  parallel(metric?: string): Displayable;
  /** The run with the lowest last value of a metric. */
  best(metric?: string): Run;
}

/** Columns of the table that stand for a metric's last value. */
const SHOWN_METRICS = ["loss", "eval_loss", "tokens_per_second"];

/**
 * The runs under a folder; as a cell's last value it shows the table.
 *
 * @example const history = await runHistory(); history.chart("eval_loss")
 */
export async function runHistory(directory = "runs"): Promise<RunHistory> {
  const runs = readRuns(directory);
  // Loaded when asked for: most notebooks never compare runs.
  const { from } = await import("arquero");
  const varied = variedSettings(runs);
  const forked = runs.some((run) => run.parent);
  const rows = runs.map((run) => ({
    run: run.id,
    ...(forked && { parent: run.parent ? `${run.parent.run}, step ${run.parent.step}` : "" }),
    started: new Date(run.started),
    status: run.status,
    step: run.step,
    ...Object.fromEntries(SHOWN_METRICS.map((metric) => [metric, lastValue(run, metric)])),
    seconds: Math.round(run.seconds),
    ...Object.fromEntries(varied.map((name) => [name, run.config[name]])),
  }));
  const table = from(rows);

  function chart(metric = "eval_loss", options: LineChartOptions = {}): Displayable {
    const logged = runs.filter((run) => run.series[metric]);
    if (logged.length === 0) failMetric(metric);
    const lines = Object.fromEntries(logged.map((run) => [run.id, run.series[metric]]));
    return lineChart(lines, { title: metric.replaceAll("_", " "), x: "step", ...options });
  }

  function best(metric = "eval_loss"): Run {
    const ranked = runs
      .filter((run) => Number.isFinite(lastValue(run, metric)))
      .sort((a, b) => lastValue(a, metric)! - lastValue(b, metric)!);
    return ranked[0] ?? failMetric(metric);
  }

  function parallel(metric = "eval_loss"): Displayable {
    const axes = [...varied.filter((name) => runs.every((run) => isAxisValue(run.config[name]))), metric];
    const records = runs.map((run) => ({ ...run.config, [metric]: lastValue(run, metric) }));
    return parallelCoordinates(records, axes, {
      title: `${metric.replaceAll("_", " ")} of ${runs.length} runs`,
    });
  }

  function failMetric(metric: string): never {
    const known = [...new Set(runs.flatMap((run) => Object.keys(run.series)))].join(", ");
    return fail("runHistory", { expected: `a metric that a run has logged (${known})`, got: metric });
  }

  const show = () => dataTable(table)[DISPLAY]() as MimeBundle;
  return { runs, table, chart, best, parallel, [DISPLAY]: show };
}

/** Names of the hyper-parameters that are not the same in all runs. */
function variedSettings(runs: readonly Run[]): string[] {
  const names = new Set(runs.flatMap((run) => Object.keys(run.config)));
  return [...names].filter((name) => new Set(runs.map((run) => JSON.stringify(run.config[name]))).size > 1);
}

function lastValue(run: Run, metric: string): number | undefined {
  return run.series[metric]?.y.at(-1);
}

function isAxisValue(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean";
}
