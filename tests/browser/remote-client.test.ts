/**
 * Our server as the remote one of another front end: the JupyterLab that pip installs, started with `--gateway-url`, shows
 * the notebook; the cells run here. pip's programs live in bench/.peers/venv, made by `npm run bench:peers`.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { delay } from "../kernels/kernel-session.ts";
import { browserPath, LabPage, sitDown, type Desk } from "./lab-page.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const venv = process.env.GRADBOOK_PEERS ?? path.join(root, "bench", ".peers", "venv");
const python = path.join(venv, "bin", "python");
const ready =
  Boolean(browserPath) &&
  existsSync(python) &&
  spawnSync(python, ["-c", "import jupyterlab, jupyterlab_widgets"], { stdio: "ignore" }).status === 0;
if (!ready) console.warn("skipped: pip's JupyterLab needs a Chromium and npm run bench:peers");

const TOKEN = "remote-client-test";
const CELLS = [
  "let turns = 41;\nprocess.cwd()",
  'import { intSlider } from "gradbook/notebook";\nconst steps = intSlider({ value: 3, max: 10 });\nsteps',
  "while (true) { turns++; await new Promise((resolve) => setTimeout(resolve, 10)); }",
  "turns > 41",
];

interface KnowsKernels {
  jupyterapp: { restored: Promise<unknown>; serviceManager: { kernelspecs: { ready: Promise<void> } } };
}

describe.skipIf(!ready)("pip's JupyterLab with our server as its gateway", () => {
  let desk: Desk;
  let client: ChildProcess | undefined;
  let lab: LabPage;

  beforeAll(async () => {
    desk = await sitDown();
    const home = path.join(path.dirname(desk.folder), "client");
    const notebooks = path.join(home, "notebooks");
    mkdirSync(notebooks, { recursive: true });
    const cells = CELLS.map((source, index) => ({
      ...{ cell_type: "code", id: `cell-${index}`, execution_count: null, metadata: {}, outputs: [], source },
    }));
    const kernelspec = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };
    const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(path.join(notebooks, "remote.ipynb"), JSON.stringify(notebook));
    const port = await freePort();
    client = spawn(
      python,
      [
        ...["-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"],
        ...["--ip=127.0.0.1", `--port=${port}`, `--IdentityProvider.token=${TOKEN}`],
        `--ServerApp.root_dir=${notebooks}`,
        `--gateway-url=http://127.0.0.1:${desk.server.port}`,
        `--GatewayClient.auth_token=${desk.server.token}`,
      ],
      { cwd: home, env: { ...process.env, HOME: home, JUPYTER_CONFIG_DIR: home }, stdio: "ignore" },
    );
    const address = `http://127.0.0.1:${port}`;
    const answers = () =>
      fetch(`${address}/api?token=${TOKEN}`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await answers())) await delay(100);
    lab = new LabPage(await desk.browser.newPage({ viewport: { width: 1200, height: 800 } }));
    await lab.page.goto(`${address}/lab?reset&token=${TOKEN}`);
    // A notebook opened before the page knows the kernels gets the default one.
    await lab.page.waitForFunction(() => "jupyterapp" in window);
    await lab.page.evaluate(async () => {
      const { restored, serviceManager } = (window as unknown as KnowsKernels).jupyterapp;
      await Promise.all([restored, serviceManager.kernelspecs.ready]);
    });
    await lab.command("docmanager:open", { path: "remote.ipynb" });
    await lab.ready();
  });
  afterAll(async () => {
    if (client?.exitCode === null) {
      const ended = new Promise((resolve) => client!.once("exit", resolve));
      client.kill("SIGTERM");
      await ended;
    }
    await desk?.close();
  });

  it("runs the cells here", async () => {
    await lab.select(0);
    await lab.step();
    await lab.untilDone(0, 1);
    expect(await lab.output(0)).toContain(desk.folder);
  });

  it("shows widgets that live here", async () => {
    await lab.select(1);
    await lab.step();
    await lab.untilDone(1, 2);
    await lab.page.waitForSelector(".jp-OutputArea .widget-slider");
    await lab.screenshot("remote-client");
  });

  it("stops a cell and keeps the variables", async () => {
    await lab.select(2);
    await lab.step();
    await expect.poll(async () => (await lab.cell(2)).state).toBe("running");
    await lab.command("notebook:interrupt-kernel");
    await lab.untilDone(2, 3);
    await lab.select(3);
    await lab.step();
    await lab.untilDone(3, 4);
    expect(await lab.output(3)).toBe("true");
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
