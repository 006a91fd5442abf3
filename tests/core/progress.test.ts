import { expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  progress,
  speedometer,
} from "../../lib/core/progress.ts";

/** A clock that the test turns by hand, in milliseconds. */
function handClock() {
  let time = 0;
  return { now: () => time, advance: (milliseconds: number) => (time += milliseconds) };
}

test("durations, counts, bytes and rates read as people say them", () => {
  expect([0.84, 42, 59.7, 200, 3599.9, 3900, NaN].map(formatDuration)).toEqual([
    "0.8 s",
    "42 s",
    "1 min 0 s",
    "3 min 20 s",
    "1 h 00 min",
    "1 h 05 min",
    "–",
  ]);
  expect([0, 812, 999.6, 1200, 10_795_776, 124e6, 1.5e9].map(formatCount)).toEqual([
    "0",
    "812",
    "1.00k",
    "1.20k",
    "10.8M",
    "124M",
    "1.50B",
  ]);
  expect([512, 3.2 * 1024 ** 2].map(formatBytes)).toEqual(["512 B", "3.2 MiB"]);
  expect(formatRate(31_400, "tokens")).toBe("31.4k tokens/s");
});

test("the speedometer follows a change of speed", () => {
  const clock = handClock();
  const speed = speedometer(10, clock.now);
  expect(speed.rate()).toBeNaN();
  let done = 0;
  for (let second = 0; second <= 60; second++) {
    speed.update(done);
    done += second < 30 ? 1 : 5;
    clock.advance(1000);
  }
  expect(speed.rate()).toBeCloseTo(5);
});

test("the speedometer keeps a rate when updates are rarer than its window", () => {
  const clock = handClock();
  const speed = speedometer(1, clock.now);
  for (const done of [0, 100, 200]) {
    speed.update(done);
    clock.advance(20_000);
  }
  expect(speed.rate()).toBeCloseTo(5);
});

test("off a terminal, progress prints a plain line every ten seconds and one at the end", () => {
  const clock = handClock();
  const lines: string[] = [];
  const bar = progress({
    label: "train",
    total: 100,
    stream: { write: (line) => lines.push(line) },
    now: clock.now,
  });
  for (let step = 1; step <= 100; step++) {
    clock.advance(250);
    bar.update(step, "loss 2.00");
  }
  bar.end("loss 1.90");
  expect(lines).toEqual([
    "train   1 % · 1/100 · 4 steps/s · 25 s left · loss 2.00\n",
    "train  41 % · 41/100 · 4 steps/s · 15 s left · loss 2.00\n",
    "train  81 % · 81/100 · 4 steps/s · 4.8 s left · loss 2.00\n",
    "train 100 % · 100/100 · 4 steps/s · 25 s · loss 1.90\n",
  ]);
});

test("work that goes on where it stopped is not counted as fast", () => {
  const clock = handClock();
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  const bar = progress({ label: "train", total: 100, start: 90, stream, now: clock.now });
  clock.advance(2000);
  bar.update(92);
  expect(lines).toEqual(["train  92 % · 92/100 · 1 steps/s · 8.0 s left\n"]);
});

test("on a terminal, progress rewrites one line", () => {
  const clock = handClock();
  let screen = "";
  const stream = { isTTY: true, write: (text: string) => (screen += text) };
  const bar = progress({ label: "read", total: 2, unit: "files", stream, now: clock.now });
  clock.advance(1000);
  bar.update(1);
  clock.advance(1000);
  bar.end();
  expect(screen.split("\r\x1b[2K").slice(1)).toEqual([
    "read ━━━━━━━━━━━━────────────  50 % · 1/2 · 1 files/s · 1.0 s left",
    "read ━━━━━━━━━━━━────────────  50 % · 1/2 · 1 files/s · 2.0 s\n",
  ]);
});
