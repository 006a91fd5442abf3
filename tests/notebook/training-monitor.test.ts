import { expect, test, vi } from "vitest";
import { trainConfig } from "../../lib/train/train-config.ts";
import { param, params, setParam } from "../../lib/notebook/param.ts";
import { trainingMonitor } from "../../lib/notebook/live/training-monitor.ts";
import { installHost, type MemoryHost } from "./memory-host.ts";

const step = (n: number, more = {}) => ({
  step: n,
  steps: 100,
  loss: 4 - n / 100,
  learning_rate: 0.001,
  grad_norm: 0.5,
  ...more,
});
const end = (reason: "finished" | "stopped", n: number) => ({
  reason,
  step: n,
  steps: 100,
  loss: 3.2,
  eval_loss: 3.3,
  seconds: 12,
  num_tokens: 76_800,
});

function widget(host: MemoryHost, modelName: string) {
  const comms = [...host.comms.values()];
  return comms.find(
    ({ opened }) => (opened.data as { state: { _model_name: string } }).state._model_name === modelName,
  )!;
}

function lastUpdate(host: MemoryHost, modelName: string) {
  const updates = widget(host, modelName).sent.map(({ data }) => data.state as Record<string, unknown>);
  return Object.assign({}, ...updates) as Record<string, unknown>;
}

test("in a notebook a run shows a chart and the controls under it", () => {
  const host = installHost();
  const monitor = trainingMonitor({ title: "Moby Dick" });
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  monitor.onStep(step(1));
  expect(host.outputs).toHaveLength(2);
  expect(host.outputs[0].data).toHaveProperty(["application/vnd.gradbook.live+json"]);
  expect(host.outputs[1].data).toMatchObject({ "text/plain": "training, step 0 of 100" });
  expect(lastUpdate(host, "FloatProgressModel")).toEqual({ value: 1 });
  expect(lastUpdate(host, "HTMLModel").value).toMatch(/tokens\/s.*train loss.*3\.990.*gradient norm.*0\.50/);
});

test("the share of a device's peak stands beside the speed, where it is known, and in the report", () => {
  const host = installHost();
  const monitor = trainingMonitor();
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  monitor.onStep(step(1));
  expect(lastUpdate(host, "HTMLModel").value).not.toContain("MFU");
  monitor.onStep(step(2, { mfu: 0.4312 }));
  monitor.onEnd(end("finished", 2));
  expect(host.outputs[1].data["text/html"]).toMatch(/tokens\/s.*MFU.*43\.1 %/);
});

test("a resumed run's speed counts only what it did itself", () => {
  const host = installHost();
  const monitor = trainingMonitor();
  monitor.onStart({ step: 60, steps: 100, tokens_per_step: 960 });
  monitor.onStep(step(61));
  monitor.onEnd({ ...end("stopped", 85), num_tokens: 85 * 960 });
  // 25 steps of 960 tokens in 12 seconds.
  expect(host.outputs[1].data["text/html"]).toMatch(/2\.00k tokens\/s.*81\.6k/);
});

test("Stop asks the loop to end after its step", () => {
  const host = installHost();
  const monitor = trainingMonitor();
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  expect(monitor.stopRequested).toBe(false);
  host.page.send(widget(host, "ButtonModel").id, { method: "custom", content: { event: "click" } });
  expect(monitor.stopRequested).toBe(true);
  expect(lastUpdate(host, "ButtonModel")).toEqual({ description: "Stopping…", disabled: true });
});

test("the end is written as plain HTML and text, and the chart is final", () => {
  const host = installHost();
  const monitor = trainingMonitor();
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  monitor.onStep(step(80));
  monitor.onEvaluate({ step: 80, eval_loss: 3.3 });
  monitor.onEnd(end("stopped", 80));
  expect(host.outputs[1].data["text/plain"]).toBe(
    "stopped at step 80 of 100 after 12 s: loss 3.200, validation loss 3.300",
  );
  expect(host.outputs[1].data["text/html"]).toContain("6.40k tokens/s");
  expect(host.outputs[0].data["text/plain"]).toBe(
    "Training: train 3.2, validation 3.3, learning rate 0.001, gradient norm 0.5 at step 80",
  );
  expect(lastUpdate(host, "FloatProgressModel")).toMatchObject({ value: 80, bar_style: "warning" });
});

test("a hyper-parameter changed by hand is marked on the chart", () => {
  const host = installHost();
  const monitor = trainingMonitor();
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  monitor.onStep(step(5, { changes: { learning_rate: { from: 0.001, to: 0.00031234 } } }));
  monitor.onEnd(end("finished", 100));
  const figure = host.outputs[0].data["application/vnd.plotly.v1+json"] as {
    layout: { annotations: { text: string }[] };
  };
  expect(figure.layout.annotations.map(({ text }) => text)).toContain("learning rate 0.001 → 0.000312");
});

test("dragging a slider leaves one mark, from its first value to its last", () => {
  const host = installHost();
  const monitor = trainingMonitor();
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  for (const [n, from, to] of [
    [5, 1, 2],
    [6, 2, 3],
    [7, 3, 4],
  ]) {
    monitor.onStep(step(n, { changes: { temperature: { from, to } } }));
  }
  monitor.onEnd(end("finished", 100));
  const figure = host.outputs[0].data["application/vnd.plotly.v1+json"] as {
    layout: { shapes: object[]; annotations: { text: string }[] };
  };
  expect(figure.layout.shapes).toMatchObject([{ x0: 5 }]);
  expect(figure.layout.annotations.at(-1)!.text).toBe("temperature 1 → 4");
});

test("a thousand steps cost little and send few messages", () => {
  const host = installHost();
  const monitor = trainingMonitor();
  monitor.onStart({ step: 0, steps: 1000, tokens_per_step: 960 });
  for (let n = 1; n <= 1000; n++) monitor.onStep(step(n));
  const numbers = widget(host, "HTMLModel").sent.length;
  expect(numbers).toBeLessThan(10);
});

test("outside a notebook a run prints lines", () => {
  const written: string[] = [];
  const write = vi
    .spyOn(process.stdout, "write")
    .mockImplementation((line) => written.push(String(line)) > 0);
  const isTTY = process.stdout.isTTY;
  process.stdout.isTTY = false;
  const monitor = trainingMonitor();
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  monitor.onStep(step(1));
  monitor.onEnd(end("finished", 100));
  write.mockRestore();
  process.stdout.isTTY = isTTY;
  expect(written[0]).toMatch(/^Training\s+1 % · 1\/100 .* loss 3\.990 · .*tokens\/s\n$/);
  expect(written[1]).toMatch(
    /finished at step 100 of 100 after 12 s: loss 3\.200, validation loss 3\.300\n$/,
  );
});

test("a change by hand can be taken back: a button asks the loop, and the slider follows", () => {
  const host = installHost();
  const monitor = trainingMonitor();
  param("learningRate", trainConfig.learningRate);
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  setParam("learningRate", 0.01);
  const changes = { learningRate: { from: 0.001, to: 0.01 } };
  monitor.onRewindPoints([{ step: 40, changes }]);
  for (let n = 40; n <= 60; n++) monitor.onStep(step(n));
  const rewind = [...host.comms.values()].findLast(({ opened }) =>
    /step 41 · learning rate 0.001 → 0.01/.test(JSON.stringify(opened.data)),
  )!;
  host.page.send(rewind.id, { method: "custom", content: { event: "click" } });
  expect(monitor.rewindRequested).toBe(40);
  const back = { learningRate: { from: 0.01, to: 0.001 } };
  monitor.onRewind({ step: 40, from: 60, changes: back });
  expect(monitor.rewindRequested).toBeUndefined();
  expect(params()).toEqual({ learningRate: 0.001 });
  monitor.onStep(step(41));
  monitor.onEnd(end("stopped", 41));
  const chart = host.outputs.find(({ data }) => "application/vnd.gradbook.live+json" in data)!;
  expect(chart.data["text/plain"]).toMatch(/at step 41; earlier branches, left by a rewind: 1$/);
  expect(JSON.stringify(chart.data)).toContain("rewound from 60");
});

test("a rewind to a checkpoint that has just made room for another is forgotten", () => {
  const host = installHost();
  const monitor = trainingMonitor();
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  monitor.onRewindPoints([{ step: 40, changes: { clipNorm: { from: 1, to: 2 } } }]);
  const rewind = [...host.comms.values()].findLast(({ opened }) =>
    /step 41 · clip norm 1 → 2/.test(JSON.stringify(opened.data)),
  )!;
  host.page.send(rewind.id, { method: "custom", content: { event: "click" } });
  monitor.onRewindPoints([{ step: 50, changes: { clipNorm: { from: 2, to: 3 } } }]);
  expect(monitor.rewindRequested).toBeUndefined();
  expect(rewind.closed).toBe(true);
});

test("the way back stays after the end: the button goes on with the run, in the same chart", async () => {
  const host = installHost();
  const monitor = trainingMonitor();
  monitor.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  monitor.onStep(step(40));
  monitor.onRewindPoints([{ step: 40, changes: { clipNorm: { from: 1, to: 2 } } }]);
  for (let n = 41; n <= 60; n++) monitor.onStep(step(n));
  const asked: number[] = [];
  monitor.onEnd(end("stopped", 60), (to) => Promise.resolve(asked.push(to)));
  const controls = () => host.outputs.find(({ data }) => "text/html" in data)!;
  expect(controls().data).toHaveProperty(["application/vnd.jupyter.widget-view+json"]);
  expect(controls().data["text/plain"]).toMatch(/^stopped at step 60/);
  const button = () =>
    [...host.comms.values()].findLast(({ opened }) =>
      /step 41 · clip norm 1 → 2/.test(JSON.stringify(opened.data)),
    )!;
  host.page.send(button().id, { method: "custom", content: { event: "click" } });
  expect(asked).toEqual([40]);
  expect(monitor.rewindRequested).toBeUndefined();
  expect(lastUpdate(host, "ButtonModel")).toMatchObject({ description: "Stop", disabled: false });
  monitor.onRewind({ step: 40, from: 60, changes: { clipNorm: { from: 2, to: 1 } } });
  monitor.onStep(step(41));
  monitor.onEnd(end("finished", 100), () => Promise.reject(new Error("the checkpoint is gone")));
  expect(controls().data["text/plain"]).toMatch(/^finished at step 100/);
  expect(JSON.stringify(host.outputs)).toContain("earlier branches, left by a rewind: 1");
  host.page.send(button().id, { method: "custom", content: { event: "click" } });
  await Promise.resolve();
  expect(lastUpdate(host, "HTMLModel").value).toContain("the checkpoint is gone");
});

test("the ways back of a run are taken away when the next one begins", () => {
  const host = installHost();
  const first = trainingMonitor();
  first.onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  first.onRewindPoints([{ step: 40, changes: { clipNorm: { from: 1, to: 2 } } }]);
  first.onEnd(end("stopped", 60), () => Promise.resolve());
  const rewind = [...host.comms.values()].findLast(({ opened }) =>
    /step 41 · clip norm 1 → 2/.test(JSON.stringify(opened.data)),
  )!;
  expect(rewind.closed).toBeFalsy();
  trainingMonitor().onStart({ step: 0, steps: 100, tokens_per_step: 960 });
  expect(rewind.closed).toBe(true);
});
