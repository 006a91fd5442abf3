/** What a moved slider means for the cells below it, and the widgets that only our page has. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, sitDown, type Desk, type LabPage, notebookOf } from "./lab-page.ts";

const CELLS = [
  'import { param, ranking } from "gradbook/notebook";\nimport { number } from "gradbook/core";',
  'const boldness = param("boldness", number({ default: 1, min: 0, max: 2, description: "Temperature." }));',
  "const doubled = boldness * 2;\ndoubled",
  "doubled + 1",
  '"independent"',
  'const order = ranking({ items: ["first", "second", "third"] });\norder',
  "order.value",
  'const rate = param("rate", number({ default: 0.003, min: 1e-6, max: 0.1, scale: "log", description: "" }));',
  "rate",
];
const [, SLIDER, DOUBLED, PLUS_ONE, , RANKING, ORDER, , RATE] = CELLS.keys();

describe.skipIf(!browserPath)("cells that depend on a slider", () => {
  let desk: Desk;
  let lab: LabPage;

  beforeAll(async () => {
    desk = await sitDown();
    writeFileSync(path.join(desk.folder, "cells.ipynb"), notebookOf(CELLS));
    lab = await desk.open("cells.ipynb");
    await lab.command("notebook:run-all-cells");
    await lab.untilDone(RATE, CELLS.length);
    await lab.page.locator(".noUi-handle").nth(1).waitFor();
  });
  afterAll(async () => {
    expect(lab.errors).toEqual([]);
    await desk.close();
  });

  /** The code of each marked cell, first line, and what its badge says. */
  const badges = () =>
    lab.page
      .locator(".gb-CellBadge")
      .evaluateAll((all) =>
        all.map((badge) => [
          badge.closest(".jp-Cell")!.querySelector(".cm-line")!.textContent,
          badge.textContent,
        ]),
      );

  async function press(key: string): Promise<void> {
    await lab.page.locator(".jp-Cell .noUi-handle").first().focus();
    await lab.page.keyboard.press(key);
  }

  it("say that they are out of date, and what changed", async () => {
    expect(await badges()).toEqual([]);
    await press("ArrowRight");
    await expect.poll(badges).toEqual([
      ["const doubled = boldness * 2;", "Out of date: boldness changed since this cell ran.Run again"],
      ["doubled + 1", "Out of date: doubled changed since this cell ran.Run again"],
    ]);
  });

  it("a slider that is merely shown changes nothing, also where its value lies between two positions", async () => {
    await lab.select(RATE);
    await lab.step();
    await lab.untilDone(RATE, CELLS.length + 1);
    expect(await lab.output(RATE)).toBe("0.003");
  });

  it("can be run again one by one", async () => {
    const value = Number(await lab.page.locator(".jp-Cell .widget-readout").first().innerText());
    await lab.page.getByRole("button", { name: "Run again" }).first().click();
    await expect.poll(() => lab.output(DOUBLED)).toContain(String(value * 2));
    await expect.poll(async () => (await badges()).map(([code]) => code)).toEqual(["doubled + 1"]);
  });

  it("can be run again all at once, from the toolbar", async () => {
    await lab.page.getByRole("button", { name: "1 stale cell" }).click();
    await expect.poll(badges).toEqual([]);
    const doubled = Number(await lab.output(DOUBLED));
    expect(Number(await lab.output(PLUS_ONE))).toBe(doubled + 1);
  });

  it("follow by themselves when asked to", async () => {
    await lab.command("gradbook:run-stale-cells-automatically");
    const before = await lab.output(PLUS_ONE);
    await press("ArrowLeft");
    await expect.poll(() => lab.output(PLUS_ONE)).not.toBe(before);
    await expect.poll(badges).toEqual([]);
    expect((await lab.cell(SLIDER)).count).toBe(SLIDER + 1);
  });

  it("a ranking is ordered with the keyboard, and the kernel knows", async () => {
    const rows = lab.page.locator(".gb-Ranking li");
    await rows.nth(2).focus();
    await lab.page.keyboard.press("Alt+ArrowUp");
    await expect.poll(() => rows.allInnerTexts()).toEqual(["first", "third", "second"]);
    await lab.select(ORDER);
    await lab.step();
    await expect.poll(() => lab.output(ORDER)).toBe("[ 0, 2, 1 ]");
    expect(await lab.output(RANKING)).toContain("third");
  });
});
