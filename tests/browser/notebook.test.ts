/** A notebook as a person meets it: step, tweak while it runs, reload, stop, export. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { browserPath, sitDown, type Desk, type LabPage } from "./lab-page.ts";

if (!browserPath) console.warn("browser tests are left out: no Chromium, Chrome or Edge was found");

/** Places of the cells in fixtures/training.ipynb. */
const [TITLE, IMPORTS, SLIDER, TRAIN, RESULT, DEATH] = [0, 1, 2, 3, 4, 5];
/** Patience for what the page does by itself; a busy machine needs more than expect.poll's second. */
const WAIT = { timeout: 30_000 };

describe.skipIf(!browserPath)("a notebook in the browser", () => {
  let desk: Desk;
  let lab: LabPage;
  beforeAll(async () => {
    desk = await sitDown();
  });
  afterEach(async () => {
    expect(lab.errors).toEqual([]);
    await lab.close();
  });
  afterAll(() => desk.close());

  /** Opens a fresh copy and starts its training cell. */
  async function startTraining(name: string): Promise<void> {
    lab = await desk.open(desk.put("training.ipynb", name));
    await lab.select(TITLE);
    for (const _cell of [TITLE, IMPORTS, SLIDER, TRAIN]) await lab.step();
    await lab.untilCurve(5);
  }

  /** The value of an expression in the kernel, through the last cell. */
  async function resultLine(): Promise<string> {
    await lab.select(RESULT);
    await lab.step();
    await expect.poll(() => lab.output(RESULT), WAIT).toContain("stopped at step");
    return lab.output(RESULT);
  }

  it("waits for its kernel when cells are run at once", async () => {
    await startTraining("at-once.ipynb");
    expect((await lab.cell(TRAIN)).state).toBe("running");
  });

  it("runs cell by cell with Shift+Enter", async () => {
    lab = await desk.open(desk.put("training.ipynb", "step.ipynb"));
    await lab.select(TITLE);
    await lab.step();
    await lab.step();
    await lab.untilDone(IMPORTS, 1);
    await lab.step();
    await lab.untilDone(SLIDER, 2);
    await lab.page.waitForSelector(".jp-OutputArea .widget-slider");
    await lab.screenshot("1-stepped");
  });

  it("a slider that is moved during the training changes it, and the cell goes on", async () => {
    await startTraining("slider.ipynb");
    const handle = lab.page.locator(".widget-slider .noUi-handle").first();
    await handle.focus();
    for (let i = 0; i < 20; i++) await lab.page.keyboard.press("ArrowRight");
    expect(await lab.page.locator(".widget-readout").first().textContent()).toBe("0.700");
    const { last } = await lab.curve();
    await lab.untilCurve(last + 20);
    await lab.screenshot("2-slider-moved");
    await lab.command("notebook:interrupt-kernel");
    expect(await resultLine()).toContain("rate 0.7");
  });

  it("a page that is reloaded during the training shows the whole curve, and it goes on", async () => {
    await startTraining("reload.ipynb");
    await lab.untilCurve(40);
    await lab.reload();
    await lab.untilCurve(60);
    const { points, first, last } = await lab.curve();
    expect(first).toBe(0);
    expect(points).toBe(last + 1);
    expect((await lab.cell(TRAIN)).state).toBe("running");
    await lab.screenshot("3-reloaded");
    await lab.untilCurve(110);
    expect(await lab.output(TRAIN)).toMatch(/step 0\nstep 100\n/);
    await lab.untilCurve(399);
    await expect.poll(async () => (await lab.cell(TRAIN)).state, WAIT).toBe("idle");
  });

  it("the stop button ends the training and keeps the variables", async () => {
    await startTraining("stop.ipynb");
    await lab.page.click('jp-button[data-command="notebook:interrupt-kernel"]');
    await expect.poll(async () => (await lab.cell(TRAIN)).state, WAIT).toBe("idle");
    const line = await resultLine();
    const step = Number(/stopped at step (\d+)/.exec(line)![1]);
    expect(step).toBeGreaterThan(4);
    expect(step).toBeLessThan(400);
  });

  it("closing the tab loses nothing: the file has the whole training when it is over", async () => {
    await startTraining("closed.ipynb");
    await lab.close();
    const file = path.join(desk.folder, "closed.ipynb");
    type Cell = { execution_count: number | null; outputs: { text?: string[] }[] };
    const trained = () => (JSON.parse(readFileSync(file, "utf8")) as { cells: Cell[] }).cells[TRAIN];
    await expect
      .poll(() => trained().outputs.flatMap(({ text }) => text ?? []), { timeout: 60_000 })
      .toEqual(["step 0\n", "step 100\n", "step 200\n", "step 300\n"]);
    lab = await desk.open("closed.ipynb");
    await lab.untilCurve(399);
    expect((await lab.curve()).points).toBe(400);
  });

  it("is exported as an HTML report from the menu", async () => {
    await startTraining("export.ipynb");
    await lab.command("notebook:interrupt-kernel");
    await expect.poll(async () => (await lab.cell(TRAIN)).state, WAIT).toBe("idle");
    const [request] = await Promise.all([
      lab.page.context().waitForEvent("request", (sent) => sent.url().includes("/nbconvert/")),
      lab.command("notebook:export-to-format", { format: "html" }),
    ]);
    // The browser saves it to disk; the same request, with the same cookies, shows what it saves.
    const response = await lab.page.context().request.get(request.url());
    expect(response.headers()["content-disposition"]).toContain("export.html");
    const report = await response.text();
    expect(report).toMatch(/<h1[^>]*>\s*A loss that falls/);
    expect(report).toContain("Plotly");
  });

  it("two tabs do not overwrite each other silently", async () => {
    lab = await desk.open(desk.put("training.ipynb", "twice.ipynb"));
    const other = await desk.open("twice.ipynb");
    for (const tab of [lab, other]) {
      await tab.select(RESULT);
      await tab.command("notebook:insert-cell-below");
    }
    await lab.command("docmanager:save");
    void other.command("docmanager:save").catch(() => {});
    await other.page.waitForSelector(".jp-Dialog");
    expect(await other.page.locator(".jp-Dialog").innerText()).toMatch(/has changed on disk/);
    await other.close();
  });

  it("a script in the output of a foreign notebook does not run, until the notebook is trusted", async () => {
    const notebook = JSON.parse(
      readFileSync(path.join(desk.folder, desk.put("training.ipynb", "foreign.ipynb")), "utf8"),
    );
    const attack = "<img src=x onerror=\"document.title='taken over'\"><b>harmless</b>";
    notebook.cells[RESULT].outputs = [
      { output_type: "display_data", data: { "text/html": attack }, metadata: {} },
    ];
    writeFileSync(path.join(desk.folder, "foreign.ipynb"), JSON.stringify(notebook));
    lab = await desk.open("foreign.ipynb");
    await lab.page.waitForSelector("text=harmless");
    await lab.page.waitForTimeout(500);
    expect(await lab.page.title()).not.toContain("taken over");
    expect(await lab.page.locator(".jp-OutputArea img[onerror]").count()).toBe(0);
  });

  it("a kernel that dies is replaced, the page says so, and outputs stay", async () => {
    lab = await desk.open(desk.put("training.ipynb", "death.ipynb"));
    await lab.select(IMPORTS);
    await lab.step();
    await lab.step();
    await lab.untilDone(SLIDER, 2);
    await lab.page.waitForTimeout(2000); // A kernel that dies at its start is not replaced.
    await lab.select(DEATH);
    await lab.step();
    await lab.page.waitForSelector(".jp-Dialog >> text=Kernel Restarting");
    await lab.screenshot("4-dead");
    await lab.page.click(".jp-Dialog .jp-mod-accept");
    expect(await lab.page.locator(".widget-slider").count()).toBe(1);
    await lab.select(IMPORTS);
    await lab.step();
    await lab.untilDone(IMPORTS, 1);
  });
});
