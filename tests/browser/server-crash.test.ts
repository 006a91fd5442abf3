/** The server is killed under an open page, and started again on the same port. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { codeCell, formatNotebook, newNotebook } from "../../studio/document/index.ts";
import { browserPath, launchBrowser } from "./lab-page.ts";

const SERVE = fileURLToPath(new URL("../../bench/studio/serve.ts", import.meta.url));
const PORT = 18_977;

/** A server in a process of its own, once it answers. */
async function start(home: string): Promise<ChildProcess> {
  const env = { ...process.env, JUPYTER_DATA_DIR: `${home}/data`, JUPYTER_CONFIG_DIR: `${home}/config` };
  const args = [SERVE, `${home}/notebooks`, String(PORT), "key"];
  const server = spawn(process.execPath, args, { env, stdio: "ignore" });
  const answers = () =>
    fetch(`http://127.0.0.1:${PORT}/api`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, 30));
  return server;
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill(signal);
  await gone;
}

it.skipIf(!browserPath)(
  "a page whose server was killed keeps its work, and offers a new kernel",
  async () => {
    const home = mkdtempSync(path.join(tmpdir(), "gradbook-crash-"));
    const file = `${home}/notebooks/a.ipynb`;
    mkdirSync(`${home}/notebooks`);
    const kernelspec = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };
    writeFileSync(
      file,
      formatNotebook(newNotebook([codeCell("40 + 2"), codeCell("6 * 7 + 1")], { kernelspec })),
    );
    let server = await start(home);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(45_000);
      const run = async (cell: number, output: string) => {
        await page.locator(".jp-CodeCell .cm-content").nth(cell).click();
        await page.keyboard.press("Shift+Enter");
        await page.locator(".jp-OutputArea-output", { hasText: output }).waitFor();
      };
      await page.goto(`http://127.0.0.1:${PORT}/lab/tree/a.ipynb?token=key`);
      await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
      await run(0, "42");
      await end(server, "SIGKILL");
      await page.locator(".jp-CodeCell .cm-content").nth(1).click();
      await page.keyboard.press("End");
      await page.keyboard.type(" // typed without a server");
      server = await start(home);
      await page.keyboard.press("Control+s");
      await expect
        .poll(() => readFileSync(file, "utf8"), { timeout: 45_000 })
        .toContain("typed without a server");
      expect(readFileSync(file, "utf8")).toContain('"42"');
      await page.getByText("The kernel of a.ipynb is gone").waitFor();
      await page.getByRole("button", { name: "Start a new kernel" }).click();
      await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
      await run(1, "43");
    } finally {
      await browser.close();
      await end(server, "SIGTERM");
      rmSync(home, { recursive: true, force: true });
    }
  },
);
