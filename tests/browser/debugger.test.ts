/** JupyterLab's debugger on our page: a breakpoint set with the mouse, the sidebar, a step into a local file. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserPath, sitDown, type Desk, type LabPage, notebookOf } from "./lab-page.ts";

const MODULE = `/** The learning rate after a warm-up of ten steps. */
export function warmUp(peak: number, step: number): number {
  const share = Math.min(1, step / 10);
  return peak * share;
}
`;
const CELLS = [
  'import { warmUp } from "./schedule.ts";\n\nconst peak = 0.003;',
  "const rates: number[] = [];\nfor (let step = 0; step < 3; step++) {\n  const rate = warmUp(peak, step);\n  rates.push(rate);\n}\nrates",
];
const LOOP = 1;

describe.skipIf(!browserPath)("the debugger", () => {
  let desk: Desk;
  let lab: LabPage;

  beforeEach(async () => {
    desk = await sitDown();
    writeFileSync(path.join(desk.folder, "schedule.ts"), MODULE);
    writeFileSync(path.join(desk.folder, "debug.ipynb"), notebookOf(CELLS));
    lab = await desk.open("debug.ipynb");
    await lab.run(0);
    await lab.page.getByRole("button", { name: "Enable Debugger" }).click();
    await sidebar().waitFor();
  });
  afterEach(async () => {
    expect(lab.errors).toEqual([]);
    await desk.close();
  });

  const sidebar = () => lab.page.locator(".jp-DebuggerSidebar");
  /** Where a line's breakpoint is toggled; the gutter's first element is an invisible one that measures the width. */
  const breakpointOf = (line: number) =>
    lab.page.locator(".jp-Cell").nth(LOOP).locator(".cm-breakpoint-gutter .cm-gutterElement").nth(line);
  /** Function and line of each frame, the innermost first. */
  const stack = () =>
    sidebar()
      .locator(".jp-DebuggerCallstackFrame")
      .evaluateAll((frames) =>
        frames.map(({ textContent }) => textContent!.replace(/\/.*[/:](?=\d+$)/, ":")),
      );
  const variables = () => sidebar().locator(".jp-DebuggerVariables-body:not(.lm-mod-hidden)").innerText();

  // One test: a second try needs a session from its beginning.
  it("stops where the gutter was clicked, steps into a local file, goes on, and ends once the breakpoint is gone", async () => {
    await breakpointOf(3).click();
    await expect.poll(() => sidebar().locator(".jp-DebuggerBreakpoint").allInnerTexts()).toHaveLength(1);
    await lab.select(LOOP);
    await lab.page.keyboard.press("Shift+Enter");
    await expect.poll(stack).toEqual(["(cell):3"]);
    await expect.poll(variables).toContain("rate");
    await lab.page.locator(".jp-DebuggerEditor-highlight").waitFor();

    await lab.command("debugger:stepIn");
    await expect.poll(stack).toEqual(["warmUp:3", "(cell):3"]);
    await expect.poll(variables).toMatch(/peak[:\s]+0\.003[^]*step[:\s]+0[^]*share/);
    await lab.command("application:toggle-left-area");
    await lab.page.setViewportSize({ width: 1200, height: 620 });
    await lab.screenshot("debugger");
    await lab.command("debugger:next");
    await expect.poll(stack).toEqual(["warmUp:4", "(cell):3"]);
    await lab.command("debugger:stepOut");
    await expect.poll(stack).toEqual(["(cell):4"]);

    await lab.command("debugger:continue");
    await expect.poll(stack).toEqual(["(cell):3"]);
    await lab.command("debugger:stepIn");
    await expect.poll(variables).toMatch(/step[:\s]+1/);
    await lab.page.locator(".lm-TabBar-tabLabel", { hasText: /^debug\.ipynb$/ }).click();
    await breakpointOf(3).click();
    await expect.poll(() => sidebar().locator(".jp-DebuggerBreakpoint").count()).toBe(0);
    await lab.command("debugger:continue");
    await lab.untilDone(LOOP, 2);
    expect(await lab.output(LOOP)).toBe("[ 0, 0.00030000000000000003, 0.0006000000000000001 ]");
    await expect.poll(stack).toEqual([]);
  });
});
