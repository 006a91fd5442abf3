/**
 * How far a training run is, in numbers: under the chart in a notebook, as lines elsewhere.
 */
import { formatCount, formatDuration, formatRate, progress } from "../../core/progress.ts";
import { DISPLAY, displayable } from "../bundle.ts";
import { display, html } from "../display.ts";
import { escapeHtml } from "../escape-html.ts";
import { hbox, vbox } from "../widgets/box.ts";
import { button } from "../widgets/button.ts";
import { htmlLabel } from "../widgets/label.ts";
import { floatProgress } from "../widgets/progress-bar.ts";
import { throttle } from "./throttle.ts";
import { roundedText, tiles, type Tile } from "./tiles.ts";
import { rewindButtons } from "./rewind-buttons.ts";
import type { RewindPoint, RunEnd, RunStart, StepMetrics } from "./training-metrics.ts";

export interface TrainingPanel {
  /** @param evaluation latest validation loss (or what stands for it), if there was one */
  step(metrics: StepMetrics, evaluation: number | undefined, stepsPerSecond: number): void;
  /** The points that the run can go back to. */
  rewindPoints(points: readonly RewindPoint[]): void;
  /** The run has ended but goes on from an earlier point. */
  again(): void;
  /**
   * @param evaluation as in `step`: the last one came after the last step
   * @param rewindable the run can still go back to its rewind points: their buttons stay
   */
  end(end: RunEnd, evaluation?: number, rewindable?: boolean): void;
  /** Going back after the end did not work. */
  trouble(sentence: string): void;
}

export interface PanelHandlers {
  onStop(): void;
  /** @param step that of a rewind point */
  onRewind(step: number): void;
}

/** Milliseconds between updates. */
const INTERVAL = 200;

/** A progress bar, a Stop button, the ways back and the numbers of the latest step, as widgets. */
export function trainingControls(
  run: RunStart,
  { onStop, onRewind }: PanelHandlers,
  main = "loss",
): TrainingPanel {
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
  let seen: Seen = { main };
  const update = throttle(INTERVAL, () => {
    bar.set({ value: latest.step });
    numbers.set({ value: tiles(latest.tiles) });
  });

  return {
    step(metrics, evaluation, stepsPerSecond) {
      seen = { main, latest: numberNamed(main, metrics), evaluation, mfu: metrics.mfu };
      latest = { step: metrics.step, tiles: stepTiles(run, metrics, seen, stepsPerSecond) };
      update.request();
    },
    rewindPoints: rewinds.show,
    again() {
      bar.set({ bar_style: "" });
      stop.set({ description: "Stop", disabled: false, icon: "stop" });
    },
    end(end, evaluation, rewindable = false) {
      seen = { ...seen, evaluation };
      update.cancel();
      if (!rewindable) rewinds.show([]);
      const finished = end.reason === "finished";
      bar.set({ value: end.step, bar_style: finished ? "success" : "warning" });
      stop.set({ description: finished ? "Done" : "Stopped", disabled: true, icon: "" });
      numbers.set({ value: tiles(endTiles(run, end, seen)) });
      // In the file, plain HTML in place of the widgets, or beside them: a report shows how the run ended.
      const ended = html(tiles(endTiles(run, end, seen)), endSentence(end, seen));
      shown.update(rewindable ? displayable({ ...view[DISPLAY](), ...ended[DISPLAY]() }) : ended);
    },
    trouble: (sentence) => numbers.set({ value: `<span role="alert">${escapeHtml(sentence)}</span>` }),
  };
}

/** The same outside a notebook: lines, or a bar on a terminal. */
export function trainingLines(title: string, run: RunStart, main = "loss"): TrainingPanel {
  const { step: start, steps: total, tokens_per_step } = run;
  const bar = progress({ label: title, total, start, unit: "steps", stream: process.stdout });
  let seen: Seen = { main };
  return {
    step(metrics, evaluation, stepsPerSecond) {
      const latest = numberNamed(main, metrics);
      seen = { main, latest, evaluation, mfu: metrics.mfu };
      const validation = evaluation === undefined ? "" : ` · validation ${evaluation.toFixed(3)}`;
      const share = metrics.mfu === undefined ? "" : `, MFU ${percent(metrics.mfu)}`;
      const speed = formatRate(stepsPerSecond * tokens_per_step, "tokens") + share;
      bar.update(metrics.step, `${main} ${latest.toFixed(3)}${validation} · ${speed}`);
    },
    // Nobody is there to press a button.
    rewindPoints() {},
    again() {},
    trouble() {},
    end: (end, evaluation) => bar.end(endSentence(end, { ...seen, evaluation })),
  };
}

/** What stands for the loss, when it was last seen. */
interface Seen {
  /** Its name. */
  main: string;
  latest?: number;
  evaluation?: number;
  /** Of the last step. */
  mfu?: number;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
/** Model FLOPs utilization beside the speed, on devices whose peak is known. */
const mfuTiles = ({ mfu }: Seen): Tile[] => (mfu === undefined ? [] : [["MFU", percent(mfu)]]);

const numberNamed = (name: string, metrics: object): number =>
  (metrics as Record<string, number>)[name] ?? NaN;

function stepTiles(
  run: RunStart,
  { step, steps, learning_rate, grad_norm }: StepMetrics,
  seen: Seen,
  stepsPerSecond: number,
): Tile[] {
  const { main, latest, evaluation } = seen;
  return [
    ["step", outOf(step, steps)],
    ["time left", formatDuration((steps - step) / stepsPerSecond)],
    ["speed", formatRate(stepsPerSecond * run.tokens_per_step, "tokens")],
    ...mfuTiles(seen),
    [`train ${main}`, latest!.toFixed(3)],
    [`validation ${main}`, evaluation?.toFixed(3) ?? "–"],
    ["learning rate", roundedText(learning_rate)],
    ["gradient norm", grad_norm.toFixed(2)],
  ];
}

function endTiles(run: RunStart, end: RunEnd, seen: Seen): Tile[] {
  const { reason, step, steps, seconds, num_tokens } = end;
  const [latest, evaluation] = endNumbers(end, seen);
  const tokensOfRun = (step - run.step) * run.tokens_per_step;
  return [
    [reason === "nan" ? "loss is not a number" : reason, `step ${outOf(step, steps)}`],
    ["time", formatDuration(seconds)],
    ["speed", formatRate(tokensOfRun / seconds, "tokens")],
    ...mfuTiles(seen),
    ["tokens", formatCount(num_tokens)],
    [`train ${seen.main}`, latest?.toFixed(3) ?? "–"],
    [`validation ${seen.main}`, evaluation?.toFixed(3) ?? "–"],
  ];
}

/** The run's own losses, or the last that was seen of what stands for them. */
function endNumbers({ loss, eval_loss }: RunEnd, seen: Seen): [number | undefined, number | undefined] {
  if (seen.main !== "loss") return [seen.latest, seen.evaluation];
  return [Number.isNaN(loss) ? undefined : loss, eval_loss];
}

function outOf(step: number, steps: number): string {
  return `${step.toLocaleString("en")} / ${steps.toLocaleString("en")}`;
}

function endSentence(end: RunEnd, seen: Seen): string {
  const { reason, step, steps, seconds } = end;
  const [latest, evaluation] = endNumbers(end, seen);
  const results = [
    ...(latest === undefined ? [] : [`${seen.main} ${latest.toFixed(3)}`]),
    ...(evaluation === undefined ? [] : [`validation ${seen.main} ${evaluation.toFixed(3)}`]),
  ];
  return `${reason} at step ${step} of ${steps} after ${formatDuration(seconds)}: ${results.join(", ")}`;
}
