/**
 * A chart that grows while a cell runs.
 *
 * Its points live in the kernel: reloading the page, or closing it and coming back, shows the whole curve, and it
 * goes on. Points are sent to the page at most twenty times a second. A plotly figure of the same chart stands in
 * the output for the saved file, for reports and for other front ends; it is renewed every few seconds and at the
 * end. Without a notebook the chart collects points and shows nothing.
 */
import { randomUUID } from "node:crypto";
import { fail } from "../../core/errors.ts";
import { notebookHost, type NotebookHost } from "../host.ts";
import { colorOf, dashOf } from "../plots/palette.ts";
import { WIDGET_MODULE, WIDGET_MODULE_VERSION } from "../widgets/module.ts";
import { Widget } from "../widgets/widget.ts";
import { chartFigure, chartText } from "./chart-figure.ts";
import { LIVE_MIME } from "./chart-state.ts";
import type { AppendMessage, ChartState, PanelSpec, ResendMessage, SeriesSpec } from "./chart-state.ts";
import { pointBuffer } from "./points.ts";
import { throttle } from "./throttle.ts";

export interface LiveChartOptions {
  title: string;
  /** Title of the horizontal axis, e.g. `"step"`. */
  x?: string;
  /** The series by name, or with what they need: `{ name: "loss", smoothing: 0.01 }`. */
  series: (string | (Partial<SeriesSpec> & { name: string }))[];
  yScale?: "linear" | "log";
  /** Several charts in one: the first large, the others small at its side. Replaces `yScale`. */
  panels?: (Partial<PanelSpec> & { title: string })[];
  /** Pixels. */
  height?: number;
}

export interface LiveChart {
  readonly state: Readonly<ChartState>;
  /**
   * Add values at one place of the x axis: `chart.append(step, { train: 2.31 })`.
   * @throws GradbookError for a series that was not declared
   */
  append(x: number, values: Record<string, number>): void;
  /** Draw a vertical line: something changed here. Returns the function that changes its text. */
  mark(x: number, text: string): (text: string) => void;
  /**
   * Go back to `x`: what lies beyond stays as a pale branch, a line says so, and the curves go on from there. A chart that
   * has ended runs again.
   */
  branch(x: number, text: string): void;
  /** How much of the work is done, 0 to 1: shown in the tab's title, at most once a second. */
  progress(share: number): void;
  /** No more points will come: everything is sent and the final figure is written. */
  end(): void;
}

/** Milliseconds between messages to the page. */
const PAGE_INTERVAL = 50;
/** Milliseconds between updates of the tab's title. */
const TITLE_INTERVAL = 1000;
/** Milliseconds between figures for the file. */
const FIGURE_INTERVAL = 5000;

/** Show a live chart in the running cell. */
export function liveChart(options: LiveChartOptions): LiveChart {
  const series = options.series.map((given, index): SeriesSpec => {
    const spec = typeof given === "string" ? { name: given } : given;
    const look = { mode: "lines", color: colorOf(index), dash: dashOf(index), smoothing: 0 } as const;
    return { panel: 0, ...look, ...spec };
  });
  const buffers = series.map(() => pointBuffer());
  const panels = options.panels ?? [{ title: "", yScale: options.yScale }];
  const state: ChartState = {
    title: options.title,
    x: options.x ?? "step",
    panels: panels.map(({ title, yScale = "linear" }) => ({ title, yScale })),
    series: [...series],
    points: buffers.map(({ points }) => points),
    marks: [],
    running: true,
    height: options.height ?? 360,
  };
  const host = notebookHost();
  const output = host ? showChart(host, state) : undefined;
  const indexOf = new Map(series.map(({ name }, index) => [name, index]));

  return {
    state,
    append(x, values) {
      let rewritten = false;
      for (const [name, y] of Object.entries(values)) {
        const index = indexOf.get(name);
        if (index === undefined) {
          fail("liveChart.append", {
            expected: `one of the series ${[...indexOf.keys()].join(", ")}`,
            got: name,
          });
        }
        rewritten = buffers[index].push(x, y) || rewritten;
      }
      output?.changed(rewritten);
    },
    mark(x, text) {
      const index = state.marks.push({ x, text }) - 1;
      output?.marked(index);
      return (next) => {
        state.marks[index] = { x, text: next };
        output?.marked(index);
      };
    },
    branch(x, text) {
      buffers.forEach((buffer, index) => {
        const points = buffer.cut(x);
        if (points.x.length === 0) return;
        state.series.push({ ...series[index], left: true });
        state.points.push(points);
      });
      state.marks.push({ x, text });
      state.running = true;
      output?.branched();
    },
    progress(share) {
      state.progress = share;
      output?.progressed();
    },
    end() {
      state.running = false;
      output?.end();
    },
  };
}

/** Opens the widget and the output; returns what to call when the state has changed. */
function showChart(host: NotebookHost, state: ChartState) {
  const kind = { module: WIDGET_MODULE, moduleVersion: WIDGET_MODULE_VERSION };
  const widget = new Widget<ChartState>({ ...kind, model: "LiveChartModel", view: null }, state);
  widget.onCustom((message) => {
    if ((message as ResendMessage).type === "resend") resend();
  });
  const displayId = randomUUID();
  const bundle = () => ({
    [LIVE_MIME]: { model_id: widget.id },
    "application/vnd.plotly.v1+json": chartFigure(state),
    "text/plain": chartText(state),
  });
  host.display(bundle(), { displayId });

  /** How much of each series, and of the marks, the page has. */
  let sent = state.points.map(() => 0);
  let sentMarks = 0;
  const toPage = throttle(PAGE_INTERVAL, () => {
    const series = state.points.map(({ x, y }, index) => ({
      from: sent[index],
      x: x.slice(sent[index]),
      y: y.slice(sent[index]),
    }));
    const message: AppendMessage = {
      type: "append",
      series,
      marks: { from: sentMarks, added: state.marks.slice(sentMarks) },
    };
    remember();
    widget.sendCustom(message);
  });
  const toFile = throttle(FIGURE_INTERVAL, () => host.display(bundle(), { displayId, update: true }));
  toFile.skip();
  const toTitle = throttle(TITLE_INTERVAL, () => widget.set({ progress: state.progress }));

  function remember(): void {
    sent = state.points.map(({ x }) => x.length);
    sentMarks = state.marks.length;
  }

  function resend(): void {
    remember();
    widget.resend(["series", "points", "marks"]);
  }

  return {
    changed(rewritten: boolean): void {
      if (rewritten) resend();
      else toPage.request();
      toFile.request();
    },
    /** There are more series, and the old ones are shorter. */
    branched(): void {
      widget.set({ running: true });
      this.changed(true);
    },
    /** Marks from `index` on are new or have a new text. */
    marked(index: number): void {
      sentMarks = Math.min(sentMarks, index);
      this.changed(false);
    },
    progressed: () => toTitle.request(),
    end(): void {
      toTitle.cancel();
      toPage.cancel();
      resend();
      widget.set({ running: false });
      toFile.now();
    },
  };
}
