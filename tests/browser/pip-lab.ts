/** The JupyterLab that pip installs, in bench/.peers/venv (`npm run bench:peers`), with its own server. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { delay } from "../kernels/kernel-session.ts";
import { browserPath, LabPage } from "./lab-page.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const venv = process.env.GRADBOOK_PEERS ?? path.join(root, "bench", ".peers", "venv");
const python = path.join(venv, "bin", "python");
const TOKEN = "pip-jupyterlab-test";

/** Can it run here, and in a Chromium? */
export const pipLabReady =
  Boolean(browserPath) &&
  existsSync(python) &&
  spawnSync(python, ["-c", "import jupyterlab, jupyterlab_widgets"], { stdio: "ignore" }).status === 0;
if (!pipLabReady) console.warn("skipped: pip's JupyterLab needs a Chromium and npm run bench:peers");

export interface PipLab {
  /** Opens a notebook in a new page and waits for its kernel. */
  open(browser: Browser, notebook: string): Promise<LabPage>;
  stop(): Promise<void>;
}

/** What is used of the application object that `--expose-app-in-browser` puts into the page. */
interface KnowsKernels {
  jupyterapp: { restored: Promise<unknown>; serviceManager: { kernelspecs: { ready: Promise<void> } } };
}

/** Starts it on a folder and waits until it answers. */
export async function startPipLab(
  folder: string,
  { home, args = [], env }: { home: string; args?: string[]; env: NodeJS.ProcessEnv },
): Promise<PipLab> {
  const port = await freePort();
  const server = spawn(
    python,
    [
      ...["-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"],
      ...["--ip=127.0.0.1", `--port=${port}`, `--IdentityProvider.token=${TOKEN}`],
      ...[`--ServerApp.root_dir=${folder}`, ...args],
    ],
    { cwd: home, env: { ...process.env, HOME: home, ...env }, stdio: "ignore" },
  );
  const address = `http://127.0.0.1:${port}`;
  const answers = (): Promise<boolean> => fetch(`${address}/api?token=${TOKEN}`).then(({ ok }) => ok, () => false); // prettier-ignore
  while (!(await answers())) {
    if (server.exitCode !== null)
      throw new Error(`pip's JupyterLab ended at its start, with ${server.exitCode}`);
    await delay(100);
  }
  return {
    async open(browser, notebook) {
      const lab = new LabPage(await browser.newPage({ viewport: { width: 1400, height: 1000 } }));
      await lab.page.goto(`${address}/lab?reset&token=${TOKEN}`);
      // A notebook opened before the page knows the kernels gets the default one, Python.
      await lab.page.waitForFunction(() => "jupyterapp" in window);
      await lab.page.evaluate(async () => {
        const { restored, serviceManager } = (window as unknown as KnowsKernels).jupyterapp;
        await Promise.all([restored, serviceManager.kernelspecs.ready]);
      });
      await lab.command("docmanager:open", { path: notebook });
      await lab.ready();
      return lab;
    },
    async stop() {
      if (server.exitCode !== null) return;
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
    },
  };
}

/** Writes a notebook of code cells for our kernel. */
export function writeNotebook(file: string, sources: readonly string[]): void {
  const cells = sources.map((source, index) => ({
    ...{ cell_type: "code", id: `cell-${index}`, execution_count: null, metadata: {}, outputs: [], source },
  }));
  const kernelspec = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };
  writeFileSync(file, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
