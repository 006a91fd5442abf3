/**
 * The kernel in the JupyterLab that pip installs, with its own server: cells, a value that a slider changes, Stop.
 * It lives in bench/.peers/venv, made by `npm run bench:peers`; jupyterlab_widgets draws the widgets.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installKernelSpec } from "../../kernels/typescript/kernelspec.ts";
import { delay, temporaryFolder } from "../kernels/kernel-session.ts";
import { browserPath, LabPage, launchBrowser } from "./lab-page.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const venv = process.env.GRADBOOK_PEERS ?? path.join(root, "bench", ".peers", "venv");
const python = path.join(venv, "bin", "python");
const ready =
  Boolean(browserPath) &&
  existsSync(python) &&
  spawnSync(python, ["-c", "import jupyterlab, jupyterlab_widgets"], { stdio: "ignore" }).status === 0;
if (!ready) console.warn("skipped: pip's JupyterLab needs a Chromium and npm run bench:peers");

const TOKEN = "pip-jupyterlab-test";
const CELLS = [
  'let turns = 41;\nconst words: string[] = ["to", "be"];\nwords.map((word) => word.length)',
  'import { intSlider } from "gradbook/notebook";\nconst steps = intSlider({ value: 3, min: 0, max: 10, description: "steps" });\nsteps',
  "steps.value * 100",
  "while (true) turns++;",
  "turns >= 41",
];

/** What is used of the application object that `--expose-app-in-browser` puts into the page. */
interface KnowsKernels {
  jupyterapp: { restored: Promise<unknown>; serviceManager: { kernelspecs: { ready: Promise<void> } } };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

describe.skipIf(!ready)("pip's JupyterLab", () => {
  const home = temporaryFolder();
  const folder = path.join(home, "notebooks");
  let server: ChildProcess;
  let browser: Browser;
  let lab: LabPage;

  beforeAll(async () => {
    mkdirSync(folder);
    installKernelSpec({ prefix: home });
    const kernelspec = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };
    const cells = CELLS.map((source, index) => ({
      ...{ cell_type: "code", id: `cell-${index}`, execution_count: null, metadata: {}, outputs: [], source },
    }));
    const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(path.join(folder, "hello.ipynb"), JSON.stringify(notebook));
    const port = await freePort();
    server = spawn(
      python,
      [
        ...["-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"],
        ...["--ip=127.0.0.1", `--port=${port}`, `--IdentityProvider.token=${TOKEN}`],
        `--ServerApp.root_dir=${folder}`,
      ],
      {
        cwd: home,
        env: {
          ...process.env,
          HOME: home,
          JUPYTER_PATH: path.join(home, "share", "jupyter"),
          JUPYTER_CONFIG_DIR: path.join(home, "config"),
          JUPYTER_DATA_DIR: path.join(home, "data"),
          JUPYTER_RUNTIME_DIR: path.join(home, "runtime"),
          GRADBOOK_HISTORY: ":memory:",
        },
        stdio: "ignore",
      },
    );
    const address = `http://127.0.0.1:${port}`;
    const answers = (): Promise<boolean> => fetch(`${address}/api?token=${TOKEN}`).then(({ ok }) => ok, () => false); // prettier-ignore
    while (!(await answers())) await delay(100);
    browser = await launchBrowser();
    lab = new LabPage(await browser.newPage({ viewport: { width: 1400, height: 1000 } }));
    await lab.page.goto(`${address}/lab?reset&token=${TOKEN}`);
    // A notebook opened before the page knows the kernels gets the default one, Python.
    await lab.page.waitForFunction(() => "jupyterapp" in window);
    await lab.page.evaluate(async () => {
      const { restored, serviceManager } = (window as unknown as KnowsKernels).jupyterapp;
      await Promise.all([restored, serviceManager.kernelspecs.ready]);
    });
    await lab.command("docmanager:open", { path: "hello.ipynb" });
    await lab.ready();
  });

  afterAll(async () => {
    await browser?.close();
    if (server && server.exitCode === null) {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
    }
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
