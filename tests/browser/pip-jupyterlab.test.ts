/**
 * The kernel in the JupyterLab that pip installs, with its own server: cells, a value that a slider changes, Stop.
 * It lives in bench/.peers/venv, made by `npm run bench:peers`; jupyterlab_widgets draws the widgets.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installKernelSpec } from "../../kernels/typescript/kernelspec.ts";
import { temporaryFolder } from "../kernels/kernel-session.ts";
import { launchBrowser, type LabPage } from "./lab-page.ts";
import { pipLabReady, startPipLab, writeNotebook, type PipLab } from "./pip-lab.ts";

const CELLS = [
  'let turns = 41;\nconst words: string[] = ["to", "be"];\nwords.map((word) => word.length)',
  'import { intSlider } from "gradbook/notebook";\nconst steps = intSlider({ value: 3, min: 0, max: 10, description: "steps" });\nsteps',
  "steps.value * 100",
  "while (true) turns++;",
  "turns >= 41",
];

describe.skipIf(!pipLabReady)("pip's JupyterLab", () => {
  const home = temporaryFolder();
  let server: PipLab | undefined;
  let browser: Browser | undefined;
  let lab: LabPage;

  beforeAll(async () => {
    const folder = path.join(home, "notebooks");
    mkdirSync(folder);
    installKernelSpec({ prefix: home });
    writeNotebook(path.join(folder, "hello.ipynb"), CELLS);
    const env = {
      JUPYTER_PATH: path.join(home, "share", "jupyter"),
      JUPYTER_CONFIG_DIR: path.join(home, "config"),
      JUPYTER_DATA_DIR: path.join(home, "data"),
      JUPYTER_RUNTIME_DIR: path.join(home, "runtime"),
      GRADBOOK_HISTORY: ":memory:",
    };
    server = await startPipLab(folder, { home, env });
    browser = await launchBrowser();
    lab = await server.open(browser, "hello.ipynb");
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("runs TypeScript cells", async () => {
    await lab.run(0);
    expect(await lab.output(0)).toMatch(/\[\s*2,\s*2\s*\]/);
  });

  it("shows a slider whose value the next cell reads", async () => {
    await lab.run(1);
    const handle = lab.page.locator(".noUi-handle");
    await handle.focus();
    const readout = lab.page.locator(".widget-readout");
    for (const [key, value] of [
      ["Home", "0"],
      ["ArrowRight", "1"],
      ["ArrowRight", "2"],
    ]) {
      await lab.page.keyboard.press(key);
      await expect.poll(() => readout.innerText()).toBe(value);
    }
    // Widgets send a value only when the kernel is done with the one before; a cell run meanwhile overtakes it.
    await expect
      .poll(async () => {
        await lab.run(2);
        return lab.output(2);
      })
      .toBe("200");
    await lab.screenshot("pip-jupyterlab");
  });

  it("stops an endless loop and keeps the variables", async () => {
    await lab.select(3);
    await lab.step();
    await expect.poll(async () => (await lab.cell(3)).state).toBe("running");
    await lab.command("notebook:interrupt-kernel");
    await expect.poll(async () => (await lab.cell(3)).state).toBe("idle");
    await lab.run(4);
    expect(await lab.output(4)).toBe("true");
    expect((await lab.cells()).errors).toHaveLength(1);
  });
});
