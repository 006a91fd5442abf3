/** Files that are no sound notebooks of today, as a person meets them in the page. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { browserPath, LabPage, sitDown, type Desk } from "./lab-page.ts";

const kernelspec = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };
const cell = (source: string, id: string) => ({
  ...{ cell_type: "code", id, source, metadata: {} },
  ...{ execution_count: null, outputs: [] },
});
const SOUND = {
  cells: [cell("1 + 1", "a"), cell("2 + 2", "b")],
  metadata: { kernelspec },
  nbformat: 4,
  nbformat_minor: 5,
};

describe.skipIf(!browserPath)("a file that is", () => {
  let desk: Desk;
  let lab: LabPage;

  beforeAll(async () => {
    desk = await sitDown();
  });
  afterEach(() => lab.close());
  afterAll(() => desk.close());

  /** Opens a file in the page without waiting for a kernel. */
  async function open(name: string, content: string): Promise<void> {
    writeFileSync(path.join(desk.folder, name), content);
    lab = new LabPage(await desk.browser.newPage({ viewport: { width: 1200, height: 700 } }));
    const { port, token } = desk.server;
    await lab.page.goto(`http://127.0.0.1:${port}/lab/tree/${name}?reset&token=${token}`);
  }
  const inFolder = (name: string) => path.join(desk.folder, name);

  it("damaged opens with what is left, says so, and is kept beside the saved notebook", async () => {
    const text = JSON.stringify(SOUND, null, 1);
    const damaged = text.slice(0, text.lastIndexOf("execution_count"));
    await open("cut.ipynb", damaged);
    const notice = lab.page.locator(".gb-RepairNotice");
    await expect
      .poll(() => notice.innerText())
      .toMatch(/This file is damaged.*ends in line \d+.*cut\.ipynb\.damaged/s);
    // Which kernel it had stood at the end of the file: the page asks.
    await lab.page.click(".jp-Dialog .jp-mod-accept");
    await lab.ready();
    expect((await lab.cells()).count).toBe(2);
    await lab.screenshot("bad-1-damaged");
    expect(readFileSync(inFolder("cut.ipynb"), "utf8")).toBe(damaged);
    await lab.command("docmanager:save");
    await expect.poll(() => notice.innerText()).toContain("Saved. The damaged file is kept");
    expect(readFileSync(inFolder("cut.ipynb.damaged"), "utf8")).toBe(damaged);
    await notice.getByRole("button").click();
    await lab.page.getByRole("tab", { name: "cut.ipynb.damaged" }).waitFor();
  });

  it("of format 3 opens, upgraded", async () => {
    const old = { cell_type: "code", input: "3 + 3", outputs: [], language: "python", prompt_number: 1 };
    const heading = { cell_type: "heading", level: 2, source: "Old times" };
    await open(
      "old.ipynb",
      JSON.stringify({
        nbformat: 3,
        nbformat_minor: 0,
        metadata: { name: "" },
        worksheets: [{ cells: [heading, old] }],
      }),
    );
    await lab.page.locator(".jp-Notebook h2", { hasText: "Old times" }).waitFor();
    await lab.page.locator(".jp-CodeCell", { hasText: "3 + 3" }).waitFor();
  });

  it("of a future format is refused, with the reason and what to do", async () => {
    await open("future.ipynb", JSON.stringify({ ...SOUND, nbformat: 5 }));
    const dialog = lab.page.locator(".jp-Dialog");
    await expect
      .poll(() => dialog.innerText())
      .toMatch(/nbformat 5; this file is from a newer Jupyter; save it there/);
    await lab.screenshot("bad-2-future");
  });

  it("for a kernel that is not installed says which, and offers those there are", async () => {
    const julia = { name: "julia-1.9", display_name: "Julia 1.9.0", language: "julia" };
    await open("julia.ipynb", JSON.stringify({ ...SOUND, metadata: { kernelspec: julia } }));
    const dialog = lab.page.locator(".jp-Dialog");
    await dialog.waitFor();
    const offered = () => dialog.locator("option").allTextContents();
    await expect.poll(offered).toContain("TypeScript (gradbook)");
    await lab.page
      .getByText("was made for the kernel Julia 1.9.0 (julia-1.9), which is not installed")
      .waitFor();
    await lab.screenshot("bad-3-kernel");
    await dialog.locator("select").selectOption({ label: "TypeScript (gradbook)" });
    await lab.page.click(".jp-Dialog .jp-mod-accept");
    await lab.ready();
  });
});
