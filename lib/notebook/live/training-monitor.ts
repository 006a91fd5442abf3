/**
 * What a person watches while a model trains: the loss of training and validation, the learning rate and the
 * gradient norm as live curves; progress, speed, time left; a Stop button; a line in the chart wherever a
 * hyper-parameter was changed by hand, and a button that goes back to before it.
 *
 * It is an observer of the training loop (lib/train), which knows nothing about notebooks: the loop tells it
 * what happened and asks after each step whether to stop or to go back. Outside a notebook it prints lines.
 */
import { speedometer } from "../../core/progress.ts";
import { notebookHost } from "../host.ts";
import { params, setParam } from "../param.ts";
import { changeMarks } from "./change-marks.ts";
import { liveChart, type LiveChart } from "./live-chart.ts";
import type {
  EvaluationMetrics,
  Rewind,
  RewindPoint,
  RunEnd,
  RunStart,
  StepMetrics,
} from "./training-metrics.ts";
import { trainingControls, trainingLines, type TrainingPanel } from "./training-panel.ts";

export interface TrainingMonitor {
  onStart(run: RunStart): void;
  onStep(metrics: StepMetrics): void;
  onEvaluate(metrics: EvaluationMetrics): void;
  onRecover(recovery: { step: number; to: number }): void;
  /** The points that the run can go back to. */
  onRewindPoints(points: readonly RewindPoint[]): void;
  onRewind(rewind: Rewind): void;
  /** @param again goes back to the rewind point of a step although the run has ended */
  onEnd(end: RunEnd, again?: (step: number) => Promise<unknown>): void;
  /** true once Stop was pressed; the loop finishes its step, saves and ends. */
  readonly stopRequested: boolean;
  /** The step to go back to, once a Rewind button was pressed and until the loop has done so. */
  readonly rewindRequested: number | undefined;
}

export interface MonitorOptions {
  /** What is being trained. */
  title?: string;
  /** What the loss is, as the title of its chart. */
  loss?: string;
  /** Name of what is drawn large instead of the loss: `reward`. Its `eval_<name>` is drawn as validation. */
  main?: string;
  /**
   * More to draw, by the title of a chart: names of what the run logs at each step; what it logs as `eval_<name>` is drawn as
   * validation. `{ accuracy: ["rewards/accuracies"] }`
   */
  measures?: Record<string, readonly string[]>;
}

/** Takes the ways back of the run that ended last away, and with them its hold on model and data. */
let letGo: (() => void) | undefined;

/** Watch a training run: `await train(model, data, config, { observer: trainingMonitor() })`. */
export function trainingMonitor({
  title = "Training",
  main = "loss",
  loss: mainTitle = main === "loss" ? "loss (nats per token)" : main,
  measures = {},
}: MonitorOptions = {}): TrainingMonitor {
  const measured = Object.values(measures).flat();
  const inNotebook = notebookHost() !== undefined;
  let speed = speedometer(20);
  let chart: LiveChart | undefined;
  let markChanges: ReturnType<typeof changeMarks> | undefined;
  let panel: TrainingPanel | undefined;
  let evaluation: number | undefined;
  let stopRequested = false;
  let rewindRequested: number | undefined;
  /** After the end of the run, if it has rewind points. */
  let again: ((step: number) => Promise<unknown>) | undefined;

  function onRewind(step: number): void {
    const goBack = again;
    if (!goBack) {
      rewindRequested = step;
      return;
    }
    again = undefined;
    stopRequested = false;
    panel?.again();
    goBack(step).catch((error: unknown) =>
      panel?.trouble(error instanceof Error ? error.message : String(error)),
    );
  }

  return {
    get stopRequested() {
      return stopRequested;
    },
    get rewindRequested() {
      return rewindRequested;
    },
    onStart(run) {
      if (inNotebook) {
        letGo?.();
        chart = mainChart(title, mainTitle, measures);
        markChanges = changeMarks(chart);
        panel = trainingControls(
          run,
          {
            onStop: () => (stopRequested = true),
            onRewind,
          },
          main,
        );
      } else {
        panel = trainingLines(title, run, main);
      }
      speed.update(run.step);
    },
    onStep(metrics) {
      const { step, steps, learning_rate, grad_norm, changes = {} } = metrics;
      speed.update(step);
      markChanges?.(step, changes);
      chart?.append(step, {
        ...{ train: numberNamed(main, metrics), "learning rate": learning_rate, "gradient norm": grad_norm },
        ...numbersNamed(measured, metrics),
      });
      chart?.progress(step / steps);
      panel?.step(metrics, evaluation, speed.rate());
    },
    onEvaluate(metrics) {
      const { step } = metrics;
      evaluation = numberNamed(evaluated(main), metrics);
      chart?.append(step, {
        validation: evaluation,
        ...numbersNamed(measured.map(evaluated), metrics),
      });
    },
    onRecover({ step, to }) {
      chart?.mark(step, `no number: back to ${to}`);
    },
    onRewindPoints(points) {
      panel?.rewindPoints(points);
      // Pressed while the checkpoint made room for a newer one.
      if (!points.some(({ step }) => step === rewindRequested)) rewindRequested = undefined;
    },
    onRewind({ step, from, changes }) {
      rewindRequested = undefined;
      speed = speedometer(20);
      speed.update(step);
      chart?.branch(step, `rewound from ${from}`);
      if (chart) markChanges = changeMarks(chart);
      for (const [name, { from: abandoned, to }] of Object.entries(changes))
        if (params()[name] === abandoned) setParam(name, to);
    },
    onEnd(end, goBack) {
      chart?.end();
      panel?.end(end, evaluation, goBack !== undefined);
      again = goBack;
      if (!goBack) return;
      letGo = () => {
        letGo = again = undefined;
        panel?.rewindPoints([]);
      };
    },
  };
}

const evaluated = (name: string): string => `eval_${name}`;

const numberNamed = (name: string, metrics: object): number =>
  (metrics as Record<string, number>)[name] ?? NaN;

/** Those of the names that the metrics have. */
function numbersNamed(names: readonly string[], metrics: object): Record<string, number> {
  const all = metrics as Record<string, unknown>;
  const found = names.filter((name) => typeof all[name] === "number");
  return Object.fromEntries(found.map((name) => [name, all[name] as number]));
}

function mainChart(title: string, main: string, measures: Record<string, readonly string[]>): LiveChart {
  const more = Object.entries(measures);
  return liveChart({
    title,
    x: "step",
    height: more.length > 1 ? 460 : 360,
    panels: [
      { title: main },
      ...more.map(([name]) => ({ title: name })),
      { title: "learning rate" },
      { title: "gradient norm", yScale: "log" },
    ],
    series: [
      { name: "train", smoothing: 0.01 },
      { name: "validation", mode: "lines+markers" },
      { name: "learning rate", panel: more.length + 1 },
      { name: "gradient norm", panel: more.length + 2, smoothing: 0.01 },
      ...more.flatMap(([, names], i) =>
        names.flatMap((name) => [
          { name, panel: i + 1, smoothing: 0.02 },
          { name: evaluated(name), panel: i + 1, mode: "lines+markers" as const },
        ]),
      ),
    ],
  });
}
