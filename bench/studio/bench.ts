/**
 * What a person waits for in the browser: the server's start, the page, the kernel, a report; ours and JupyterLab
 * from pip in turn, in the same Chromium with a fresh profile each time.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type Browser } from "playwright-core";
import { fail } from "../../lib/core/errors.ts";
import { codeCell, markdownCell, newNotebook } from "../../studio/document/notebook.ts";
import { writeNotebook } from "../../studio/document/write.ts";
import { labBundle } from "../../studio/lab/bundle/index.ts";
import { findBrowser } from "../../studio/report/browser.ts";
import { median, type Line } from "../report.ts";
import { limits } from "./limits.ts";
import { ours, pipLab, startStudio, type StudioServer } from "./servers.ts";

const ROUNDS = 5;
/** Cells of the notebook that is opened. */
const CELLS = 30;

export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const executablePath = findBrowser();
  if (!executablePath) fail("bench studio", { expected: "Chromium, Chrome or Edge", got: "none" });
  await labBundle(); // Built before anything is measured: a start with a warm cache is what happens every day.
  const kinds = [ours, ...(peers ? [pipLab()] : [])].filter((kind) => kind !== undefined);
  const folder = mkdtempSync(path.join(tmpdir(), "gradbook-bench-"));
  writeNotebooks(folder);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const times = new Map<string, number[][]>();
  const note = (what: string, contender: number, time: number) => {
    const table = times.get(what) ?? kinds.map((): number[] => []);
    table[contender].push(time);
    times.set(what, table);
  };
  const memory: (number | undefined)[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, kind] of kinds.entries()) {
      const server = await startStudio(kind, folder);
      const page = await openNotebook(browser, server, `bench-${process.pid}-${round}`);
      const report = await timed(() => exportHtml(server));
      memory[i] = server.memory();
      await server.stop();
      if (round === 0) continue; // The first round warms up the system's file cache.
      note("server start", i, server.startTime);
      note("cells visible", i, page.visible);
      note("kernel ready", i, page.kernel);
      note("HTML export", i, report);
    }
  }
  const own = await limits(browser, folder);
  await browser.close();
  rmSync(folder, { recursive: true });
  const compared = [...times].flatMap(([what, table]) =>
    table.map((own, i) => ({
      what,
      contestant: kinds[i].name,
      median: median(own),
      least: Math.min(...own),
      ratio: i === 0 ? undefined : median(own.map((time, round) => time / table[0][round])),
      memory: memory[i] === undefined ? undefined : Math.round(memory[i] / 2 ** 20),
      about: {},
    })),
  );
  return [...compared, ...own];
}

/**
 * Milliseconds from the address being entered until the cells are seen, and until the kernel is idle.
 * @param workspace a new name: nothing of an earlier round is opened again
 */
async function openNotebook(
  browser: Browser,
  server: StudioServer,
  workspace: string,
): Promise<{ visible: number; kernel: number }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const started = performance.now();
  await page.goto(
    `${server.origin}/lab/workspaces/${workspace}/tree/${server.notebook}?token=${server.token}`,
  );
  await page.waitForSelector(".jp-Notebook .jp-Cell");
  const visible = performance.now() - started;
  await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
  const kernel = performance.now() - started;
  await context.close();
  return { visible, kernel };
}

async function exportHtml(server: StudioServer): Promise<void> {
  const response = await fetch(`${server.origin}/nbconvert/html/${server.notebook}?token=${server.token}`);
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${server.name}: export answered ${response.status} ${text.slice(0, 200)}`);
}

function writeNotebooks(folder: string): void {
  const write = (name: string, kernel: string, language: string, code: string) => {
    const cells = Array.from({ length: CELLS }, (_, i) =>
      i % 2 ? codeCell(code) : markdownCell(`## Section ${i}\n\nSome **text** and $x^2$.`),
    );
    const metadata = {
      kernelspec: { name: kernel, display_name: kernel, language },
      language_info: { name: language },
    };
    writeNotebook(path.join(folder, name), newNotebook(cells, metadata));
  };
  write("typescript.ipynb", "gradbook", "typescript", "const sum = [1, 2, 3].reduce((a, b) => a + b);");
  write("python.ipynb", "python3", "python", "total = sum([1, 2, 3])");
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
