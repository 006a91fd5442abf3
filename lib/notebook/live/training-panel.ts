/**
 * How far a training run is, in numbers: under the chart in a notebook, as lines elsewhere.
 */
import { formatCount, formatDuration, formatRate, progress } from "../../core/progress.ts";
import { DISPLAY } from "../bundle.ts";
import { display, html } from "../display.ts";
import { hbox, vbox } from "../widgets/box.ts";
import { button } from "../widgets/button.ts";
import { htmlLabel } from "../widgets/label.ts";
import { floatProgress } from "../widgets/progress-bar.ts";
import { throttle } from "./throttle.ts";
import { roundedText, tiles, type Tile } from "./tiles.ts";
import { rewindButtons } from "./rewind-buttons.ts";
import type { RewindPoint, RunEnd, RunStart, StepMetrics } from "./training-metrics.ts";

export interface TrainingPanel {
  /** @param evaluation latest validation loss, if there was one */
  step(metrics: StepMetrics, evaluation: number | undefined, stepsPerSecond: number): void;
  /** The points that the run can go back to. */
  rewindPoints(points: readonly RewindPoint[]): void;
  end(end: RunEnd): void;
}

export interface PanelHandlers {
  onStop(): void;
  /** @param step that of a rewind point */
  onRewind(step: number): void;
}

/** Milliseconds between updates. */
const INTERVAL = 200;

/** A progress bar, a Stop button, the ways back and the numbers of the latest step, as widgets. */
export function trainingControls(run: RunStart, { onStop, onRewind }: PanelHandlers): TrainingPanel {
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
  const rewinds = rewindButtons(onRewind);
  const view = vbox([hbox([bar, stop], { layout: { align_items: "center" } }), rewinds.row, numbers]);
  const shown = display({
    ...view[DISPLAY](),
    "text/plain": `training, step ${run.step} of ${run.steps}`,
  });
  let latest = { step: run.step, tiles: [] as Tile[] };
  const update = throttle(INTERVAL, () => {
    bar.set({ value: latest.step });
    numbers.set({ value: tiles(latest.tiles) });
  });

  return {
    step(metrics, evaluation, stepsPerSecond) {
      latest = { step: metrics.step, tiles: stepTiles(run, metrics, evaluation, stepsPerSecond) };
      update.request();
    },
    rewindPoints: rewinds.show,
    end(end) {
      update.cancel();
      rewinds.show([]);
      const finished = end.reason === "finished";
      bar.set({ value: end.step, bar_style: finished ? "success" : "warning" });
      stop.set({ description: finished ? "Done" : "Stopped", disabled: true, icon: "" });
      numbers.set({ value: tiles(endTiles(run, end)) });
      // In the file, plain HTML in place of the widgets: a report shows how the run ended.
      shown.update(html(tiles(endTiles(run, end)), endSentence(end)));
    },
  };
}

/** The same outside a notebook: lines, or a bar on a terminal. */
export function trainingLines(title: string, run: RunStart): TrainingPanel {
  const { step: start, steps: total, tokens_per_step } = run;
  const bar = progress({ label: title, total, start, unit: "steps", stream: process.stdout });
  return {
    step({ step, loss }, evaluation, stepsPerSecond) {
      const validation = evaluation === undefined ? "" : ` · validation ${evaluation.toFixed(3)}`;
      const speed = formatRate(stepsPerSecond * tokens_per_step, "tokens");
      bar.update(step, `loss ${loss.toFixed(3)}${validation} · ${speed}`);
    },
    rewindPoints() {
      // Nobody is there to press a button.
    },
    end: (end) => bar.end(endSentence(end)),
  };
}

function stepTiles(
  run: RunStart,
  { step, steps, loss, learning_rate, grad_norm }: StepMetrics,
  evaluation: number | undefined,
  stepsPerSecond: number,
): Tile[] {
  return [
    ["step", outOf(step, steps)],
    ["time left", formatDuration((steps - step) / stepsPerSecond)],
    ["speed", formatRate(stepsPerSecond * run.tokens_per_step, "tokens")],
    ["train loss", loss.toFixed(3)],
    ["validation loss", evaluation?.toFixed(3) ?? "–"],
    ["learning rate", roundedText(learning_rate)],
    ["gradient norm", grad_norm.toFixed(2)],
  ];
}

function endTiles(run: RunStart, end: RunEnd): Tile[] {
  const { reason, step, steps, loss, eval_loss, seconds, num_tokens } = end;
  const tokensOfRun = (step - run.step) * run.tokens_per_step;
  return [
    [reason === "nan" ? "loss is not a number" : reason, `step ${outOf(step, steps)}`],
    ["time", formatDuration(seconds)],
    ["speed", formatRate(tokensOfRun / seconds, "tokens")],
    ["tokens", formatCount(num_tokens)],
    ["train loss", Number.isNaN(loss) ? "–" : loss.toFixed(3)],
    ["validation loss", eval_loss?.toFixed(3) ?? "–"],
  ];
}

function outOf(step: number, steps: number): string {
  return `${step.toLocaleString("en")} / ${steps.toLocaleString("en")}`;
}

function endSentence({ reason, step, steps, loss, eval_loss, seconds }: RunEnd): string {
  const results = [
    ...(Number.isNaN(loss) ? [] : [`loss ${loss.toFixed(3)}`]),
    ...(eval_loss === undefined ? [] : [`validation loss ${eval_loss.toFixed(3)}`]),
  ];
  return `${reason} at step ${step} of ${steps} after ${formatDuration(seconds)}: ${results.join(", ")}`;
}
