import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chartFigure, chartText, smoothed } from "../../lib/notebook/live/chart-figure.ts";
import { applyAppend, type AppendMessage, type ChartState } from "../../lib/notebook/live/chart-state.ts";
import { liveChart } from "../../lib/notebook/live/live-chart.ts";
import { pointBuffer } from "../../lib/notebook/live/points.ts";
import { installHost, type MemoryHost } from "./memory-host.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

interface Page {
  state: ChartState;
  /** Messages that could not be applied. */
  gaps: number;
}

function chartComm(host: MemoryHost) {
  return [...host.comms.values()].find((comm) => comm.target === "jupyter.widget")!;
}

/** Reads what the kernel sent from message number `from` on into a page's state. */
function follow(host: MemoryHost, state: ChartState, from = 0): Page {
  const page = { state: structuredClone(state), gaps: 0 };
  for (const { data } of chartComm(host).sent.slice(from)) {
    if (data.method === "update") Object.assign(page.state, structuredClone(data.state));
    else if (!applyAppend(page.state, structuredClone(data.content) as AppendMessage)) page.gaps++;
  }
  return page;
}

const openedState = (host: MemoryHost) => (chartComm(host).opened.data as { state: ChartState }).state;

test("new points travel alone, at most twenty messages a second, and the page has them all", () => {
  const host = installHost();
  const chart = liveChart({ title: "loss", series: ["train", "validation"] });
  for (let step = 0; step < 1000; step++) {
    chart.append(
      step,
      step % 100 === 0 ? { train: 1 / (step + 1), validation: 2 } : { train: 1 / (step + 1) },
    );
    vi.advanceTimersByTime(2);
  }
  vi.advanceTimersByTime(100);
  const { sent } = chartComm(host);
  expect(sent.length).toBeGreaterThan(35);
  expect(sent.length).toBeLessThanOrEqual(41);
  const sizes = sent.map(({ data }) => (data.content as AppendMessage).series[0].x.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(26);
  const page = follow(host, openedState(host));
  expect(page.gaps).toBe(0);
  expect(page.state.points).toEqual(chart.state.points);
  expect(page.state.points.map(({ x }) => x.length)).toEqual([1000, 10]);
});

test("a page that opens in the middle gets the whole curve and goes on", () => {
  const host = installHost();
  const chart = liveChart({ title: "loss", series: ["train"] });
  for (let step = 0; step < 10; step++) chart.append(step, { train: step });
  const control = host.page.open("jupyter.widget.control");
  control.onMessage!({ data: { method: "request_states" }, metadata: {}, buffers: [] });
  const { states } = control.sent[0].data as { states: Record<string, { state: ChartState }> };
  const state = Object.values(states)[0].state;
  expect(state.points[0].x).toHaveLength(10);
  const seen = chartComm(host).sent.length;
  for (let step = 10; step < 20; step++) chart.append(step, { train: step });
  vi.advanceTimersByTime(100);
  const page = follow(host, state, seen);
  expect(page.gaps).toBe(0);
  expect(page.state.points).toEqual(chart.state.points);
});

test("a mark whose text changes is sent again", () => {
  const host = installHost();
  const chart = liveChart({ title: "loss", series: ["train"] });
  const rewrite = chart.mark(1, "a → b");
  chart.mark(2, "other");
  vi.advanceTimersByTime(100);
  rewrite("a → c");
  vi.advanceTimersByTime(100);
  expect(follow(host, openedState(host)).state.marks).toEqual([
    { x: 1, text: "a → c" },
    { x: 2, text: "other" },
  ]);
});

test("a page that missed a message notices, asks, and is complete again", () => {
  const host = installHost();
  const chart = liveChart({ title: "loss", series: ["train"] });
  for (let step = 0; step < 10; step++) {
    chart.append(step, { train: step });
    vi.advanceTimersByTime(60);
  }
  const behind = follow(host, openedState(host), 5);
  expect(behind.gaps).toBe(5);
  host.page.send(chartComm(host).id, { method: "custom", content: { type: "resend" } });
  expect(follow(host, behind.state, 10).state.points).toEqual(chart.state.points);
});

test("the output holds a figure for the file, renewed every five seconds and at the end", () => {
  const host = installHost();
  const chart = liveChart({ title: "loss", series: ["train"] });
  for (let step = 0; step < 100; step++) {
    chart.append(step, { train: 2 });
    vi.advanceTimersByTime(101);
  }
  expect(host.messages).toBe(3);
  chart.append(100, { train: 1.5 });
  chart.end();
  expect(host.messages).toBe(4);
  const [{ data }] = host.outputs;
  expect(data["application/vnd.gradbook.live+json"]).toEqual({ model_id: chartComm(host).id });
  const { data: traces } = data["application/vnd.plotly.v1+json"] as { data: { x: number[] }[] };
  expect(traces[0].x).toHaveLength(101);
  expect(data["text/plain"]).toBe("loss: train 1.5 at step 100");
  expect(follow(host, openedState(host)).state.running).toBe(false);
});

test("an unknown series is refused by name", () => {
  const chart = liveChart({ title: "loss", series: ["train"] });
  expect(() => chart.append(1, { valid: 2 })).toThrow(
    "liveChart.append: expected one of the series train, got valid",
  );
});

test("without a notebook the chart keeps its points", () => {
  const chart = liveChart({ title: "loss", series: ["train"] });
  chart.append(1, { train: 2 });
  chart.end();
  expect(chart.state.points).toEqual([{ x: [1], y: [2] }]);
});

test("a value that is not finite leaves a gap", () => {
  const buffer = pointBuffer();
  [1, NaN, Infinity, 4].forEach((y, x) => buffer.push(x, y));
  expect(buffer.points).toEqual({ x: [0, 1, 2, 3], y: [1, null, null, 4] });
});

test("a long series is averaged in pairs and keeps one resolution", () => {
  const buffer = pointBuffer(8);
  const rewritten: number[] = [];
  for (let x = 0; x < 32; x++) if (buffer.push(x, x)) rewritten.push(x);
  expect(rewritten).toEqual([7, 15, 31]);
  expect(buffer.points).toEqual({ x: [7, 15, 23, 31], y: [3.5, 11.5, 19.5, 27.5] });
});

test("smoothing weighs neighbours on both sides, so a straight line stays where it is", () => {
  const line = Array.from({ length: 101 }, (_, x) => 5 - x / 20);
  expect(smoothed(line, 4)[50]).toBeCloseTo(line[50], 8);
  expect(smoothed([1, null, 3], 1)).toEqual([(1 + 0.25 * 3) / 1.25, null, (3 + 0.25 * 1) / 1.25]);
  expect(smoothed([2], 9)).toEqual([2]);
});

test("the figure draws raw values faintly behind the smoothed line, marks, and side panels", () => {
  const chart = liveChart({
    title: "run",
    panels: [{ title: "loss", yScale: "log" }, { title: "learning rate" }, { title: "gradient norm" }],
    series: [
      { name: "train", smoothing: 0.01 },
      { name: "rate", panel: 1 },
      { name: "norm", panel: 2 },
    ],
  });
  chart.append(1, { train: 3, rate: 0.1, norm: 1 });
  chart.mark(1, "learning rate 0.1 → 0.2");
  const { data, layout } = chartFigure(chart.state);
  expect(data).toMatchObject([
    { name: "train", opacity: 0.3, yaxis: "y", showlegend: false },
    { name: "train", yaxis: "y", showlegend: true },
    { name: "rate", yaxis: "y2", xaxis: "x2", showlegend: false },
    { name: "norm", yaxis: "y3" },
  ]);
  expect(layout.yaxis).toMatchObject({ type: "log", title: { text: "loss" } });
  const domains = ["yaxis2", "yaxis3"].map((key) => (layout[key] as { domain: number[] }).domain);
  expect(domains[0][0]).toBeGreaterThan(domains[1][1]);
  expect(layout.shapes).toMatchObject([{ x0: 1, x1: 1, yref: "y domain" }]);
  expect(layout.annotations).toMatchObject([
    { text: "learning rate" },
    { text: "gradient norm" },
    { text: "learning rate 0.1 → 0.2" },
  ]);
});

test("the text of an empty chart says so", () => {
  expect(chartText(liveChart({ title: "loss", series: ["train"] }).state)).toBe("loss: no points yet");
});

test("going back leaves a pale branch, and the page draws what the kernel has", () => {
  const host = installHost();
  const chart = liveChart({ title: "loss", series: ["train", "validation"] });
  for (let step = 0; step < 10; step++) chart.append(step, { train: step });
  vi.advanceTimersByTime(100);
  chart.branch(6, "rewound from 9");
  chart.append(7, { train: 70 });
  chart.mark(7, "rate 1 → 2");
  vi.advanceTimersByTime(100);
  const { state } = follow(host, openedState(host));
  expect(state).toMatchObject(chart.state);
  expect(state.points[0]).toEqual({ x: [0, 1, 2, 3, 4, 5, 6, 7], y: [0, 1, 2, 3, 4, 5, 6, 70] });
  expect(state.series[2]).toMatchObject({ name: "train", left: true });
  expect(state.points[2]).toEqual({ x: [6, 7, 8, 9], y: [6, 7, 8, 9] });
  const { data, layout } = chartFigure(state) as {
    data: { opacity?: number; showlegend: boolean }[];
    layout: { annotations: { text: string; xshift: number }[] };
  };
  expect(data[2]).toMatchObject({ opacity: 0.4, showlegend: false });
  expect(chartText(state)).toBe("loss: train 70 at step 7; earlier branches, left by a rewind: 1");
  expect(layout.annotations.map(({ text }) => text)).toEqual(["rewound from 9", "rate 1 → 2"]);
});

test("texts of marks that lie close together stand in rows, inside the chart", () => {
  const chart = liveChart({ title: "loss", series: ["train"] });
  for (let step = 0; step <= 100; step++) chart.append(step, { train: 1 });
  for (const x of [40, 5, 41, 42, 90]) chart.mark(x, `rate 0.1 → 0.${x}`);
  const { annotations } = chartFigure(chart.state).layout as {
    annotations: { yshift: number; xanchor: string }[];
  };
  expect(annotations.map(({ yshift }) => Math.abs(yshift) / 18)).toEqual([0, 0, 1, 2, 0]);
  expect(annotations.map(({ xanchor }) => xanchor)).toEqual(["left", "left", "left", "left", "right"]);
});

test("the smoothed line does not rise before the mark of what made it rise", () => {
  const chart = liveChart({ title: "loss", series: [{ name: "train", smoothing: 0.05 }] });
  for (let step = 0; step <= 100; step++) chart.append(step, { train: step > 50 ? 5 : 1 });
  const line = () => (chartFigure(chart.state).data[1] as { y: number[] }).y;
  expect(line()[50]).toBeGreaterThan(1.5);
  chart.mark(50, "rate 0.1 → 1");
  expect(line().map((value) => Number(value.toFixed(9)))).toEqual(
    Array.from({ length: 101 }, (_, step) => (step > 50 ? 5 : 1)),
  );
});
