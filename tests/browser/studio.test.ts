/** What the page has beyond JupyterLab: the course, the dials, the keys; and how it looks in the dark. */
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, sitDown, SHOTS, type Desk } from "./lab-page.ts";

const [IMPORTS, SLIDER, TRAIN, RESULT] = [1, 2, 3, 4];
/** Patience for what the page does by itself; a busy machine needs more than expect.poll's second. */
const WAIT = { timeout: 30_000 };

describe.skipIf(!browserPath)("the page", () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await sitDown();
    mkdirSync(path.join(desk.folder, "notebooks"));
    const fixture = path.join(desk.folder, desk.put("training.ipynb"));
    copyFileSync(fixture, path.join(desk.folder, "notebooks", "01-a-loss.ipynb"));
  });
  afterAll(() => desk.close());

  const address = (rest: string) => `http://127.0.0.1:${desk.server.port}${rest}?token=${desk.server.token}`;

  it("starts with the course, and a click opens a chapter", async () => {
    const page = await desk.browser.newPage();
    await page.goto(address("/lab"));
    const chapter = page.locator(".gradbook-start .chapter");
    expect((await chapter.innerText()).replace(/\s+/g, " ")).toBe(
      "1 A loss that falls not started The browser tests run this notebook: it trains nothing, and behaves as a training does.",
    );
    if (SHOTS) await page.screenshot({ path: path.join(SHOTS, "5-course.png") });
    await chapter.click();
    await page.waitForSelector(".jp-Notebook .jp-Cell");
    expect(await page.locator(".jp-Notebook h1").innerText()).toContain("A loss that falls");
    await page.close();
  });

  it("shows the dials beside the notebook, and both move together", async () => {
    const lab = await desk.open(desk.put("training.ipynb", "dials.ipynb"));
    await lab.select(IMPORTS);
    await lab.step();
    await lab.step();
    await lab.untilDone(SLIDER, 2);
    await lab.page.locator(".jp-NotebookPanel-toolbar").getByText("Dials").click();
    await lab.page.locator(".gradbook-dials .noUi-handle").focus();
    for (let i = 0; i < 10; i++) await lab.page.keyboard.press("ArrowRight");
    const readouts = lab.page.locator(".widget-readout");
    await expect.poll(() => readouts.allTextContents(), WAIT).toEqual(["0.600", "0.600"]);
    await lab.close();
  });

  it("starts over on Ctrl+Shift+Enter: new kernel, all cells, no question", async () => {
    const lab = await desk.open(desk.put("training.ipynb", "again.ipynb"));
    await lab.select(RESULT);
    await lab.step(); // Fails: the variables are not there yet; the kernel has counted one cell.
    await lab.untilDone(RESULT, 1);
    await lab.page.keyboard.press("Control+Shift+Enter");
    await lab.untilDone(SLIDER, 2);
    await lab.untilCurve(3);
    expect((await lab.cell(TRAIN)).state).toBe("running");
    await lab.close();
  });

  it("follows the system's dark theme, charts included", async () => {
    const lab = await desk.open(desk.put("training.ipynb", "dark.ipynb"));
    await lab.select(IMPORTS);
    for (const _cell of [IMPORTS, SLIDER, TRAIN]) await lab.step();
    await lab.untilCurve(5);
    const textColor = () =>
      lab.page.locator(".js-plotly-plot .gtitle").evaluate((title) => getComputedStyle(title).fill);
    const inLight = await textColor();
    await lab.page.emulateMedia({ colorScheme: "dark" });
    await lab.page.waitForSelector('body[data-jp-theme-light="false"]', { state: "attached" });
    await expect.poll(textColor, WAIT).not.toBe(inLight);
    await lab.screenshot("6-dark");
    await lab.close();
  });

  it("shows one notebook without side panels at /doc", async () => {
    const page = await desk.browser.newPage();
    await page.goto(address("/doc/tree/training.ipynb"));
    await page.waitForSelector(".jp-Notebook .jp-Cell");
    await expect.poll(() => page.locator("#jp-left-stack").isVisible(), WAIT).toBe(false);
    if (SHOTS) await page.screenshot({ path: path.join(SHOTS, "7-single.png") });
    await page.close();
  });
});
