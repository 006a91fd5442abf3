/** People judge in the page: which answer is better, and whether a text was rightly dropped. Verdicts are in files at once. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, sitDown, type Desk, type LabPage } from "./lab-page.ts";

const DROPPED = ["too short", "an advertisement"].map((text, i) => ({
  ...{ id: `page-${i}`, step: "quality", reason: "short", value: i, verdict: null, text },
}));
const CELLS = [
  'import { collectPreferences } from "gradbook/eval";\nimport { reviewer } from "gradbook/notebook";',
  `const questions = ["Which is red?", "Which is blue?"].map((prompt, i) => ({
  id: "q" + i, prompt, answers: ["a rose", "the sea"], sources: ["A", "B"] }));
collectPreferences(questions, { file: "preferences.jsonl", by: "anna" })`,
  'reviewer("review.jsonl");',
];

describe.skipIf(!browserPath)("a person who judges", () => {
  let desk: Desk;
  let lab: LabPage;

  beforeAll(async () => {
    desk = await sitDown();
    const cells = CELLS.map((source, index) => ({
      ...{ cell_type: "code", id: `cell-${index}`, execution_count: null, metadata: {}, outputs: [], source },
    }));
    const kernelspec = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };
    const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(path.join(desk.folder, "judge.ipynb"), JSON.stringify(notebook));
    writeFileSync(
      path.join(desk.folder, "review.jsonl"),
      DROPPED.map((item) => JSON.stringify(item)).join("\n"),
    );
    lab = await desk.open("judge.ipynb");
    await lab.command("notebook:run-all-cells");
    await lab.untilDone(2, CELLS.length);
  });
  afterAll(async () => {
    expect(lab.errors).toEqual([]);
    await desk.close();
  });

  const press = (name: string): Promise<void> => lab.page.getByRole("button", { name }).click();
  const lines = (file: string): Record<string, unknown>[] => {
    const place = path.join(desk.folder, file);
    return existsSync(place)
      ? readFileSync(place, "utf8").trim().split("\n").map((line) => JSON.parse(line)) // prettier-ignore
      : [];
  };

  it("puts answers in order, says that two are equal, and sees when all is done", async () => {
    const rows = lab.page.locator(".gb-Ranking li");
    await expect.poll(() => rows.count()).toBe(2);
    await lab.page.locator("b", { hasText: "Which is red?" }).waitFor();
    if ((await rows.first().innerText()) !== "a rose") {
      await rows.nth(1).focus();
      await lab.page.keyboard.press("Alt+ArrowUp");
    }
    await expect.poll(() => rows.allInnerTexts()).toEqual(["a rose", "the sea"]);
    await lab.screenshot("judging");
    await press("Save, next");
    await expect.poll(() => lines("preferences.jsonl")).toHaveLength(1);
    expect(lines("preferences.jsonl")[0]).toMatchObject({ id: "q0", by: "anna", ranking: [[0], [1]] });
    await lab.page.locator("b", { hasText: "Which is blue?" }).waitFor();
    await press("All equally good");
    await lab.page.getByText("That was all. Thank you.").waitFor();
    const [, tie] = lines("preferences.jsonl") as { ranking: number[][] }[];
    expect(tie.ranking).toHaveLength(1);
  });

  it("says of a dropped text whether that was right", async () => {
    await lab.page.getByText("too short").waitFor();
    await press("Rightly dropped");
    await expect.poll(() => lines("review.jsonl")[0].verdict).toBe("right");
    await lab.page.getByText("an advertisement").waitFor();
    await press("Should have stayed");
    await lab.page.getByText("Nothing is left to judge.").waitFor();
    await expect.poll(() => lines("review.jsonl")[1].verdict).toBe("wrong");
  });
});
