/** A real training in the browser: change the learning rate while it trains, regret it, go back, try another. */
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRuns } from "../../lib/notebook/runs/read-runs.ts";
import { browserPath, sitDown, type Desk, type LabPage } from "./lab-page.ts";

const CELLS = [
  `import { randomWindows, sequentialWindows } from "gradbook/batches";
import { GPT } from "gradbook/models";
import { param } from "gradbook/notebook";
import { train, trainConfig } from "gradbook/train";
const text = Uint32Array.from("the whale swam and the whale dived and ".repeat(40), (c) => c.charCodeAt(0) % 32);
const windows = { batchSize: 8, contextLength: 16 };
const model = new GPT({ vocabSize: 32, contextLength: 16, layers: 2, heads: 2, width: 32 }, { seed: 1 });
const validation = sequentialWindows(text, { ...windows, maxBatches: 2 });`,
  `const learningRate = param("learningRate", trainConfig.learningRate);`,
  `const data = { train: randomWindows(text, { ...windows, seed: 1 }), validation };
const settings = { steps: 100_000, schedule: "constant", warmupSteps: 0, evaluateEvery: 50 } as const;
await train(model, data, settings, { live: () => ({ learningRate }), directory: "runs/whale" });`,
];
const WAIT = { timeout: 60_000 };

describe.skipIf(!browserPath)("a run that is rewound", () => {
  let desk: Desk;
  let lab: LabPage;

  beforeAll(async () => {
    desk = await sitDown();
    const cells = CELLS.map((source, index) => ({
      ...{ cell_type: "code", id: `cell-${index}`, source },
      ...{ execution_count: null, metadata: {}, outputs: [] },
    }));
    const kernelspec = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };
    const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(path.join(desk.folder, "whale.ipynb"), JSON.stringify(notebook));
    lab = await desk.open("whale.ipynb");
    // It resolves when the last cell is done.
    void lab.command("notebook:run-all-cells").catch(() => {});
    await lab.untilCurve(60);
  });
  afterAll(async () => {
    expect(lab.errors).toEqual([]);
    await desk.close();
  });

  /** Types a value into the slider's readout. */
  async function dial(value: string): Promise<void> {
    const readout = lab.page.locator(".widget-readout").first();
    await readout.fill(value);
    await readout.press("Enter");
  }

  /** Curves of a chart by name and how pale they are, with first and last x. */
  function curves(): Promise<{ name: string; opacity: number; first: number; last: number }[]> {
    return lab.page.evaluate(() => {
      const plot = document.querySelector(".js-plotly-plot") as unknown as {
        data: { name: string; opacity?: number; x: number[] }[];
      };
      return plot.data.map(({ name, opacity = 1, x }) => ({
        name,
        opacity,
        first: x[0],
        last: x[x.length - 1],
      }));
    });
  }

  it("tells meanwhile how far it is, what the machine does, and what the cells have made", async () => {
    await expect.poll(() => lab.page.title(), WAIT).toMatch(/^\d+ % · .*whale/);
    await expect
      .poll(() => lab.page.locator(".gb-Meters").innerText(), WAIT)
      .toMatch(/^CPU \d+ % · memory [\d.]+ GiB of/);
    await lab.command("gradbook:show-variables");
    const row = (name: string) =>
      lab.page
        .locator(".gb-Variables tr", { has: lab.page.getByRole("cell", { name, exact: true }) })
        .innerText();
    await expect.poll(() => row("text"), WAIT).toMatch(/Uint32Array \[1560\]\s+6\.1 KiB/);
    await expect.poll(() => row("model"), WAIT).toMatch(/GPT\s*[\d,]+ parameters\s+[\d.]+ KiB/);
    await expect.poll(() => row("learningRate"), WAIT).toMatch(/number\s*0\.001/);
    await lab.screenshot("rewind-0-panels");
    await lab.command("application:toggle-right-area");
  });

  it("offers the way back as soon as the slider has changed the training", async () => {
    await dial("0.5");
    await lab.page.getByRole("button", { name: /step \d+ · learning rate 0\.001 → 0\.5/ }).waitFor();
    await lab.untilCurve((await lab.curve()).last + 60);
    await lab.screenshot("rewind-1-changed");
  });

  it("goes back: the old branch stays, pale, and the slider is where it was", async () => {
    const button = lab.page.getByRole("button", { name: /step \d+ · learning rate 0\.001 → 0\.5/ });
    const step = Number(/step (\d+)/.exec(await button.innerText())![1]) - 1;
    await button.click();
    await expect.poll(async () => (await curves()).some(({ opacity }) => opacity === 0.4), WAIT).toBe(true);
    const left = (await curves()).filter(({ name, opacity }) => name === "train" && opacity === 0.4);
    expect(left).toHaveLength(1);
    // One point stands for several steps when the run is long.
    expect(Math.abs(left[0].first - step)).toBeLessThan(64);
    expect(left[0].last).toBeGreaterThan(step + 60);
    await expect.poll(() => lab.page.locator(".widget-readout").first().innerText(), WAIT).toBe("0.00100");
    await lab.untilCurve(step + 30);
    await lab.screenshot("rewind-2-rewound");
  });

  it("goes on with another value, and after a reload the pale branch is still there", async () => {
    await dial("0.003");
    await lab.page.getByRole("button", { name: /learning rate 0\.001 → 0\.003/ }).waitFor();
    await lab.untilCurve((await lab.curve()).last + 40);
    await lab.reload();
    await expect.poll(async () => (await curves()).some(({ opacity }) => opacity === 0.4), WAIT).toBe(true);
    await lab.page.getByRole("button", { name: "Stop" }).click();
    await expect.poll(async () => (await lab.cell(2)).state, WAIT).toBe("idle");
    await lab.screenshot("rewind-3-other-value");
    await expect.poll(() => lab.page.title(), WAIT).not.toContain("%");
  });

  it("can go back after the end too: the same chart goes on, and Stop ends it again", async () => {
    const before = (await curves()).filter(({ opacity }) => opacity === 0.4).length;
    await lab.page.getByRole("button", { name: /learning rate 0\.001 → 0\.003/ }).click();
    await expect
      .poll(async () => (await curves()).filter(({ opacity }) => opacity === 0.4).length, WAIT)
      .toBeGreaterThan(before);
    await expect.poll(() => lab.page.locator(".widget-readout").first().innerText(), WAIT).toBe("0.00100");
    await lab.untilCurve((await lab.curve()).last + 40);
    await lab.page.getByRole("button", { name: "Stop" }).click();
    await lab.page.getByRole("button", { name: "Stopped" }).waitFor();
    await lab.screenshot("rewind-4-after-the-end");
  });

  it("has left all branches in the run history", () => {
    const runs = readRuns(path.join(desk.folder, "runs"));
    expect(runs.map(({ id, status }) => ({ id, status }))).toEqual([
      { id: "whale", status: "rewound" },
      { id: "whale-fork-1", status: "stopped" },
      { id: "whale-fork-2", status: "stopped" },
    ]);
    expect(runs[2].parent!.run).toBe("whale-fork-1");
    expect(runs[1].parent).toEqual({ run: "whale", step: runs[1].series.loss.x[0] - 1 });
    expect(readdirSync(runs[0].directory)).toContain(`before-step-${runs[1].parent!.step + 1}`);
  });
});
