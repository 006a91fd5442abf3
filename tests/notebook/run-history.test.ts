import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { toBundle } from "../../lib/notebook/bundle.ts";
import { readRun, readRuns } from "../../lib/notebook/runs/read-runs.ts";
import { runHistory } from "../../lib/notebook/runs/run-history.ts";

let directory: string;
beforeEach(() => void (directory = mkdtempSync(path.join(tmpdir(), "gradbook-runs-"))));
afterEach(() => rmSync(directory, { recursive: true }));

/** Writes a run's log and returns its path. */
function writeLog(id: string, lines: (object | string)[]): string {
  mkdirSync(path.join(directory, id));
  const file = path.join(directory, id, "log.jsonl");
  const text = lines.map((line) => (typeof line === "string" ? line : `${JSON.stringify(line)}\n`)).join("");
  writeFileSync(file, text);
  return file;
}

const start = (hour: number, learningRate: number, step = 0) => ({
  event: "start",
  time: `2026-01-01T0${hour}:00:00.000Z`,
  step,
  config: { train: { learningRate, schedule: "cosine" }, seed: 1 },
});
const step = (n: number, loss: number) => ({
  event: "step",
  step: n,
  steps: 3,
  loss,
  grad_norm: 1,
  seconds: n,
});
const evaluation = (n: number, loss: number, eval_loss: number) => ({
  event: "evaluate",
  step: n,
  loss,
  eval_loss,
  seconds: n,
});
const end = (n: number) => ({ event: "end", reason: "finished", step: n, loss: 2, seconds: n });

function writeTwoRuns() {
  writeLog("late", [start(2, 0.01), step(1, 3), step(2, 1.5), evaluation(2, 2, 1.75), end(2)]);
  writeLog("early", [start(1, 0.001), step(1, 3), step(2, 2.5), evaluation(2, 2, 2.625), end(2)]);
}

test("a fork stands beside its parent, and the table says where it left it", async () => {
  writeTwoRuns();
  expect((await runHistory(directory)).table.columnNames()).not.toContain("parent");
  writeLog("fork", [{ ...start(3, 0.02, 1), parent: { run: "late", step: 1 } }, step(2, 1.25), end(2)]);
  const { runs, table } = await runHistory(directory);
  expect(runs.map(({ id, parent }) => [id, parent])).toEqual([
    ["early", undefined],
    ["late", undefined],
    ["fork", { run: "late", step: 1 }],
  ]);
  expect(table.array("parent")).toEqual(["", "", "late, step 1"]);
});

test("runs come oldest first, with their settings, curves and end", () => {
  writeTwoRuns();
  expect(readRuns(directory).map(({ id, status, step }) => [id, status, step])).toEqual([
    ["early", "finished", 2],
    ["late", "finished", 2],
  ]);
  const [early] = readRuns(directory);
  expect(early.config).toEqual({ "train.learningRate": 0.001, "train.schedule": "cosine", seed: 1 });
  expect(early.series.loss).toEqual({ x: [1, 2], y: [3, 2.5] });
  expect(early.series.eval_loss).toEqual({ x: [2], y: [2.625] });
  expect(early.seconds).toBe(2);
});

test("a run whose process was killed keeps what it logged", () => {
  const run = readRun(writeLog("killed", [start(1, 0.001), step(1, 3), '{"event":"step","st']));
  expect([run.status, run.step, run.series.loss.y]).toEqual(["unfinished", 1, [3]]);
});

test("a resumed run replaces the steps that its checkpoint did not have", () => {
  const log = [start(1, 0.001), step(1, 4), step(2, 3), step(3, 9), start(2, 0.002, 2), step(3, 2), end(3)];
  const run = readRun(writeLog("resumed", log));
  expect(run.series.loss).toEqual({ x: [1, 2, 3], y: [4, 3, 2] });
  expect([run.status, run.config["train.learningRate"]]).toEqual(["finished", 0.002]);
});

test("a broken line in the middle is named", () => {
  const file = writeLog("broken", [start(1, 0.001), "oops\n", end(1)]);
  expect(() => readRun(file)).toThrow(`readRun: expected JSON in line 2 of ${file}, got oops`);
});

test("a missing folder is a clear sentence", () => {
  expect(() => readRuns(path.join(directory, "none"))).toThrow(
    /readRuns: expected a folder of runs at .*none, got none/,
  );
});

test("the history shows one row per run with the settings that differ", async () => {
  writeTwoRuns();
  const history = await runHistory(directory);
  expect(history.table.columnNames()).toEqual([
    "run",
    "started",
    "status",
    "step",
    "loss",
    "eval_loss",
    "tokens_per_second",
    "seconds",
    "train.learningRate",
  ]);
  expect(history.table.array("eval_loss")).toEqual([2.625, 1.75]);
  const bundle = toBundle(history) as Record<string, string>;
  expect(bundle["text/html"]).toContain("2026-01-01 02:00:00");
});

test("curves lie over each other and the best run is found", async () => {
  writeTwoRuns();
  const history = await runHistory(directory);
  const bundle = toBundle(history.chart("loss")) as Record<string, { data: { name: string; y: number[] }[] }>;
  expect(bundle["application/vnd.plotly.v1+json"].data.map(({ name, y }) => [name, y])).toEqual([
    ["early", [3, 2.5]],
    ["late", [3, 1.5]],
  ]);
  expect(history.best().id).toBe("late");
  expect(() => history.chart("accuracy")).toThrow(
    "runHistory: expected a metric that a run has logged (loss, grad_norm, eval_loss), got accuracy",
  );
});

test("parallel coordinates run over the settings that differ to the result", async () => {
  writeTwoRuns();
  writeLog("third", [start(3, 0.3), step(1, 3), evaluation(1, 2, 9), end(1)]);
  const history = await runHistory(directory);
  const bundle = toBundle(history.parallel()) as Record<string, { data: { dimensions: object[] }[] }>;
  const { dimensions } = bundle["application/vnd.plotly.v1+json"].data[0];
  expect(dimensions).toMatchObject([
    { label: "train.learningRate", values: [-3, -2, Math.log10(0.3)], ticktext: ["0.001", "0.01", "0.3"] },
    { label: "eval_loss", values: [2.625, 1.75, 9] },
  ]);
});
