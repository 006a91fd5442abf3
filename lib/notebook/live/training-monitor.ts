/**
 * What a person watches while a model trains: the loss of training and validation, the learning rate and the
 * gradient norm as live curves; progress, speed, time left; a Stop button; a line in the chart wherever a
 * hyper-parameter was changed by hand.
 *
 * It is an observer of the training loop (lib/train), which knows nothing about notebooks: the loop tells it
 * what happened and asks after each step whether to stop. Outside a notebook it prints lines.
 */
import { labelOf } from "../../core/field.ts";
import {
  formatCount,
  formatDuration,
  formatRate,
  progress,
  speedometer,
  type Progress,
} from "../../core/progress.ts";
import { DISPLAY } from "../bundle.ts";
import { display, html } from "../display.ts";
import { notebookHost } from "../host.ts";
import { button } from "../widgets/button.ts";
import { hbox, vbox } from "../widgets/box.ts";
import { htmlLabel } from "../widgets/label.ts";
import { floatProgress } from "../widgets/progress-bar.ts";
import { liveChart, type LiveChart } from "./live-chart.ts";
import { tiles, type Tile } from "./tiles.ts";
import { throttle } from "./throttle.ts";

// The names of the metrics are those of Hugging Face's Trainer, as in runs/<id>/log.jsonl.

export interface RunStart {
  step: number;
  steps: number;
}

export interface StepMetrics {
  step: number;
  steps: number;
  /** Mean nats per token of this step's batch. */
  loss: number;
  learning_rate: number;
  grad_norm: number;
  tokens_per_second: number;
  /** Since the start. */
  seconds: number;
  /** Hyper-parameters that were changed before this step. */
  changes?: Changes;
}

type Changes = Record<string, { from: number; to: number }>;

export interface EvaluationMetrics {
  step: number;
  eval_loss: number;
}

export interface RunEnd {
  reason: "finished" | "stopped" | "interrupted" | "nan";
  step: number;
  steps: number;
  loss: number;
  eval_loss?: number;
  seconds: number;
  num_tokens: number;
}

export interface TrainingMonitor {
  onStart(run: RunStart): void;
  onStep(metrics: StepMetrics): void;
  onEvaluate(metrics: EvaluationMetrics): void;
  onEnd(end: RunEnd): void;
  /** true once Stop was pressed; the loop finishes its step, saves and ends. */
  readonly stopRequested: boolean;
}

/** Where results are shown: widgets in a notebook, lines elsewhere. */
interface Panel {
  step(metrics: StepMetrics, evaluation: number | undefined, stepsPerSecond: number): void;
  end(end: RunEnd): void;
}

/** Milliseconds without a change after which the next change of a parameter is a new one. */
const DRAG_PAUSE = 2000;
/** Milliseconds between updates of the numbers under the chart. */
const TILES_INTERVAL = 200;

/**
 * Watch a training run: `await train(model, data, config, { observer: trainingMonitor() })`.
 *
 * @param title what is being trained
 */
export function trainingMonitor({ title = "Training" } = {}): TrainingMonitor {
  const inNotebook = notebookHost() !== undefined;
  const speed = speedometer(20);
  let chart: LiveChart | undefined;
  let panel: Panel | undefined;
  let evaluation: number | undefined;
  let stopRequested = false;
  const markChanges = changeMarker();

  return {
    get stopRequested() {
      return stopRequested;
    },
    onStart(run) {
      if (inNotebook) chart = lossChart(title);
      panel = inNotebook ? controls(run, () => (stopRequested = true)) : lines(title, run);
      speed.update(run.step);
    },
    onStep(metrics) {
      const { step, loss, learning_rate, grad_norm, changes = {} } = metrics;
      speed.update(step);
      if (chart) markChanges(chart, step, changes);
      chart?.append(step, { train: loss, "learning rate": learning_rate, "gradient norm": grad_norm });
      panel?.step(metrics, evaluation, speed.rate());
    },
    onEvaluate({ step, eval_loss }) {
      evaluation = eval_loss;
      chart?.append(step, { validation: eval_loss });
    },
    onEnd(end) {
      chart?.end();
      panel?.end(end);
    },
  };
}

function lossChart(title: string): LiveChart {
  return liveChart({
    title,
    x: "step",
    panels: [
      { title: "loss (nats per token)" },
      { title: "learning rate" },
      { title: "gradient norm", yScale: "log" },
    ],
    series: [
      { name: "train", smoothing: 0.01 },
      { name: "validation", mode: "lines+markers" },
      { name: "learning rate", panel: 1 },
      { name: "gradient norm", panel: 2, smoothing: 0.01 },
    ],
  });
}

/**
 * Marks changed hyper-parameters on a chart. While a slider is being dragged its value changes at every step:
 * changes of one parameter in quick succession are one mark, from the first value to the last.
 */
function changeMarker() {
  const latest = new Map<string, { from: number; time: number; rewrite: (text: string) => void }>();

  return (chart: LiveChart, step: number, changes: Changes): void => {
    for (const [name, change] of Object.entries(changes)) {
      const time = performance.now();
      const before = latest.get(name);
      const goesOn = before !== undefined && time - before.time < DRAG_PAUSE;
      const from = goesOn ? before.from : change.from;
      const text = `${labelOf(name)} ${number(from)} → ${number(change.to)}`;
      const rewrite = goesOn ? before.rewrite : chart.mark(step, text);
      if (goesOn) rewrite(text);
      latest.set(name, { from, time, rewrite });
    }
  };
}

function controls(run: RunStart, onStop: () => void): Panel {
  const bar = floatProgress({ value: run.step, max: run.steps, layout: { width: "auto", flex: "1 1 auto" } });
  const stop = button({
    description: "Stop",
    icon: "stop",
    tooltip: "Finish this step, save, and keep everything",
    layout: { width: "100px" },
    onClick: () => {
      stop.set({ description: "Stopping…", disabled: true });
      onStop();
    },
  });
  const numbers = htmlLabel();
  const view = vbox([hbox([bar, stop], { layout: { align_items: "center" } }), numbers]);
  const shown = display({
    ...view[DISPLAY](),
    "text/plain": `training, step ${run.step} of ${run.steps}`,
  });
  let latest: Tile[] = [];
  const update = throttle(TILES_INTERVAL, () => numbers.set({ value: tiles(latest) }));

  return {
    step(metrics, evaluation, stepsPerSecond) {
      latest = stepTiles(metrics, evaluation, stepsPerSecond);
      if (metrics.step < metrics.steps) bar.set({ value: metrics.step });
      update.request();
    },
    end(end) {
      update.cancel();
      const finished = end.reason === "finished";
      bar.set({ value: end.step, bar_style: finished ? "success" : "warning" });
      stop.set({ description: finished ? "Done" : "Stopped", disabled: true, icon: "" });
      numbers.set({ value: tiles(endTiles(end)) });
      // In the file, plain HTML in place of the widgets: a report shows how the run ended.
      shown.update(html(tiles(endTiles(end)), endSentence(end)));
    },
  };
}

function lines(title: string, run: RunStart): Panel {
  const bar: Progress = progress({ label: title, total: run.steps, unit: "steps", stream: process.stdout });
  return {
    step({ step, loss, tokens_per_second }, evaluation) {
      const validation = evaluation === undefined ? "" : ` · validation ${evaluation.toFixed(3)}`;
      bar.update(step, `loss ${loss.toFixed(3)}${validation} · ${formatRate(tokens_per_second, "tokens")}`);
    },
    end: (end) => bar.end(endSentence(end)),
  };
}

function stepTiles(metrics: StepMetrics, evaluation: number | undefined, stepsPerSecond: number): Tile[] {
  const { step, steps, loss, learning_rate, grad_norm, tokens_per_second } = metrics;
  return [
    ["step", `${step.toLocaleString("en")} / ${steps.toLocaleString("en")}`],
    ["time left", formatDuration((steps - step) / stepsPerSecond)],
    ["speed", formatRate(tokens_per_second, "tokens")],
    ["train loss", loss.toFixed(3)],
    ["validation loss", evaluation?.toFixed(3) ?? "–"],
    ["learning rate", number(learning_rate)],
    ["gradient norm", grad_norm.toFixed(2)],
  ];
}

function endTiles(end: RunEnd): Tile[] {
  const { reason, step, steps, loss, eval_loss, seconds, num_tokens } = end;
  return [
    [
      reason === "nan" ? "loss is not a number" : reason,
      `step ${step.toLocaleString("en")} / ${steps.toLocaleString("en")}`,
    ],
    ["time", formatDuration(seconds)],
    ["speed", formatRate(num_tokens / seconds, "tokens")],
    ["tokens", formatCount(num_tokens)],
    ["train loss", loss.toFixed(3)],
    ["validation loss", eval_loss?.toFixed(3) ?? "–"],
  ];
}

function endSentence({ reason, step, steps, loss, eval_loss, seconds }: RunEnd): string {
  const validation = eval_loss === undefined ? "" : `, validation loss ${eval_loss.toFixed(3)}`;
  return `${reason} at step ${step} of ${steps} after ${formatDuration(seconds)}: loss ${loss.toFixed(3)}${validation}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
