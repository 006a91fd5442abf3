/** Live charts when the kernel is gone, and in the file. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, sitDown, type Desk, type LabPage } from "./lab-page.ts";

const CHART = `import { liveChart } from "gradbook/notebook";
const chart = liveChart({ title: "loss", series: ["train"] });
for (let step = 0; step < 150; step++) {
  chart.append(step, { train: 1 / (step + 1) });
  await new Promise((resolve) => setTimeout(resolve, 20));
}
chart.end();`;

describe.skipIf(!browserPath)("a live chart", () => {
  let desk: Desk;
  let lab: LabPage;

  beforeAll(async () => {
    desk = await sitDown();
    const cell = {
      cell_type: "code",
      id: "chart",
      execution_count: null,
      metadata: {},
      outputs: [],
      source: CHART,
    };
    const kernelspec = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };
    const notebook = { cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(path.join(desk.folder, "chart.ipynb"), JSON.stringify(notebook));
    lab = await desk.open("chart.ipynb");
    await lab.command("notebook:run-all-cells");
  });
  afterAll(async () => {
    expect(lab.errors).toEqual([]);
    await desk.close();
  });

  /** The saved output of the chart's cell. */
  function savedOutput() {
    const { cells } = JSON.parse(readFileSync(path.join(desk.folder, "chart.ipynb"), "utf8"));
    return cells[0].outputs[0].data as Record<string, unknown>;
  }

  it("is described for those who cannot see it", async () => {
    await lab.untilCurve(20);
    await expect
      .poll(() => lab.page.locator(".gb-LiveChart").getAttribute("aria-label"))
      .toMatch(/^loss: train 0\.\d+ at step \d+$/);
  });

  it("goes on after a reload, and its end is written into the file", async () => {
    await lab.reload();
    await lab.untilCurve(149);
    expect(await lab.curve()).toEqual({ points: 150, first: 0, last: 149 });
    await lab.untilDone(0, 1);
    await expect
      .poll(async () => {
        await lab.command("docmanager:save");
        return [savedOutput()["text/plain"]].flat().join("");
      })
      .toBe("loss: train 0.006667 at step 149");
    const figure = savedOutput()["application/vnd.plotly.v1+json"] as { data: { x: number[] }[] };
    expect(figure.data[0].x).toHaveLength(150);
  });

  it("is there when the notebook is opened without its kernel", async () => {
    await lab.command("notebook:shutdown-kernel");
    await lab.close();
    lab = await desk.open("chart.ipynb");
    await lab.untilCurve(149);
    expect((await lab.curve()).points).toBe(150);
  });
});
