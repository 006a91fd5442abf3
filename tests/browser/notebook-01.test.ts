/** The first notebook, at its smallest, from top to bottom, as a newcomer presses Shift+Enter. */
import { copyFileSync, existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, sitDown, type Desk, type LabPage } from "./lab-page.ts";

const NOTEBOOK = "01-train-a-small-gpt.ipynb";
const SOURCE = fileURLToPath(new URL(`../../notebooks/${NOTEBOOK}`, import.meta.url));

describe.skipIf(!browserPath || !existsSync(SOURCE))("notebook 01 in the browser", () => {
  let desk: Desk;
  let lab: LabPage;
  beforeAll(async () => {
    desk = await sitDown();
    copyFileSync(SOURCE, path.join(desk.folder, NOTEBOOK));
    lab = await desk.open(NOTEBOOK);
  });
  afterAll(() => desk.close());

  it("is sized down with its first dial", async () => {
    await lab.select(0);
    const dials = await lab.indexOf("parameters");
    while ((await lab.activeIndex()) <= dials) await lab.step();
    const preset = lab.page.locator(".jp-OutputArea select").first();
    await preset.selectOption("nano");
    await lab.select(dials);
    await lab.screenshot("8-notebook-01-dials");
  });

  it("runs every cell without an error, and ends with a model that writes", async () => {
    const { count } = await lab.cells();
    for (let index = await lab.activeIndex(); index < count; index = await lab.activeIndex()) {
      await lab.step();
      if (index === count - 1) break;
    }
    await expect.poll(async () => (await lab.cells()).busy, { timeout: 240_000 }).toBe(0);
    const { errors } = await lab.cells();
    expect(errors).toEqual([]);
    expect(lab.errors).toEqual([]);
    await lab.screenshot("9-notebook-01-end");
  });
});
