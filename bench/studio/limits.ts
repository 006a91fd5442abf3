/**
 * What studio.md promises of our page alone: the bundle, long notebooks, a slider's way to the chart, the PDF, many
 * kernels at once. Each line names its limit.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { codeCell, markdownCell, newNotebook } from "../../studio/document/notebook.ts";
import { writeNotebook } from "../../studio/document/write.ts";
import { labBundle } from "../../studio/lab/bundle/index.ts";
import { median, type Line } from "../report.ts";
import { ours, startStudio, type StudioServer } from "./servers.ts";

const LONG = 200;
const KERNELS = 20;
const METADATA = {
  kernelspec: { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" },
  language_info: { name: "typescript" },
};
/** A loop that draws the slider's value every 20 ms, as a training loop would. */
const FOLLOW = `import { number } from "gradbook/core";
import { liveChart, param } from "gradbook/notebook";
const rate = param("rate", number({ default: 0.5, min: 0, max: 1, step: 0.01, description: "drawn" }));
const chart = liveChart({ title: "rate", series: ["rate"] });
for (let step = 0; ; step++) {
  chart.append(step, { rate });
  await new Promise((resolve) => setTimeout(resolve, 20));
}`;

/** @param folder holds `typescript.ipynb`, which is exported */
export async function limits(browser: Browser, folder: string): Promise<Line[]> {
  const bundle = await bundleTime();
  writeNotebook(path.join(folder, "follow.ipynb"), newNotebook([codeCell(FOLLOW)], METADATA));
  const many = Array.from({ length: LONG }, (_, i) =>
    i % 2
      ? codeCell(`const value${i} = ${i};\nvalue${i} ** 2`)
      : markdownCell(`## Section ${i}\n\nSome **text** and $x^2$.`),
  );
  writeNotebook(path.join(folder, "long.ipynb"), newNotebook(many, METADATA));
  const server = await startStudio(ours, folder);
  try {
    const pdf = [await exportPdf(server), await exportPdf(server), await exportPdf(server)];
    const slider = await withPage(browser, server, "follow.ipynb", sliderToChart);
    const frames = await withPage(browser, server, "long.ipynb", scroll);
    const kernels = await startKernels(server);
    const memory = Math.round((server.memory() ?? NaN) / 2 ** 20);
    return [
      line("bundle, cold", [bundle], "6000 ms"),
      line("PDF export", pdf, "5000 ms"),
      line("slider → chart", slider, "100 ms"),
      line("scroll, a frame", frames, "smooth", {
        late: frames.filter((time) => time > 50).length,
        of: frames.length,
      }),
      { ...line(`${KERNELS} kernels`, [kernels], "all start"), memory },
    ];
  } finally {
    await server.stop();
  }
}

function line(what: string, times: number[], limit: string, more: Record<string, unknown> = {}): Line {
  const about = { limit, ...more };
  return { what, contestant: "gradbook", median: median(times), least: Math.min(...times), about };
}

async function bundleTime(): Promise<number> {
  const before = process.env.GRADBOOK_CACHE;
  const cache = mkdtempSync(path.join(tmpdir(), "gradbook-bundle-"));
  process.env.GRADBOOK_CACHE = cache;
  const started = performance.now();
  try {
    await labBundle();
    return performance.now() - started;
  } finally {
    if (before === undefined) delete process.env.GRADBOOK_CACHE;
    else process.env.GRADBOOK_CACHE = before;
    rmSync(cache, { recursive: true });
  }
}

async function exportPdf({ origin, token }: StudioServer): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${origin}/nbconvert/pdf/typescript.ipynb?token=${token}`);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`PDF export answered ${response.status}`);
  return performance.now() - started;
}

async function withPage<T>(
  browser: Browser,
  { origin, token }: StudioServer,
  notebook: string,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${origin}/lab/tree/${notebook}?reset&token=${token}`);
  await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
  const result = await use(page);
  await context.close();
  return result;
}

/** Milliseconds from a key on the slider until the chart has the new value, a few times. */
async function sliderToChart(page: Page): Promise<number[]> {
  await page.locator(".jp-CodeCell .cm-content").first().click();
  await page.keyboard.press("Control+Enter");
  await page.waitForSelector(".js-plotly-plot");
  await page.locator(".widget-slider .noUi-handle").focus();
  await page.evaluate(() => {
    const state = window as unknown as { pressed: number; value: number };
    document.addEventListener("keydown", () => (state.pressed = performance.now()), { capture: true });
  });
  const times: number[] = [];
  for (let press = 1; press <= 10; press++) {
    await page.keyboard.press("ArrowRight");
    const wanted = 0.5 + press / 100;
    const time = await page.evaluate(
      (value) =>
        new Promise<number>((resolve) => {
          const plot = document.querySelector(".js-plotly-plot") as unknown as { data: { y: number[] }[] };
          const look = () => {
            if (Math.abs(plot.data[0].y.at(-1)! - value) > 1e-6) return requestAnimationFrame(look);
            resolve(performance.now() - (window as unknown as { pressed: number }).pressed);
          };
          look();
        }),
      wanted,
    );
    times.push(time);
    await page.waitForTimeout(300);
  }
  return times;
}

/** Milliseconds between frames while the wheel turns from the first to the last cell. */
async function scroll(page: Page): Promise<number[]> {
  await page.mouse.move(700, 500);
  await page.evaluate(() => {
    const frames: number[] = ((window as unknown as { frames: number[] }).frames = []);
    let before = performance.now();
    const note = (now: number) => {
      frames.push(now - before);
      before = now;
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  for (let turn = 0; turn < 120; turn++) {
    await page.mouse.wheel(0, 120);
    await page.waitForTimeout(16);
  }
  const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  return frames.slice(1);
}

/** Milliseconds until twenty kernels that are asked for at once all run. */
async function startKernels({ origin, token }: StudioServer): Promise<number> {
  const headers = { Authorization: `token ${token}` };
  const started = performance.now();
  const ids = await Promise.all(
    Array.from({ length: KERNELS }, async () => {
      const response = await fetch(`${origin}/api/kernels`, {
        method: "POST",
        headers,
        body: '{"name":"gradbook"}',
      });
      if (!response.ok) throw new Error(`kernel start answered ${response.status} ${await response.text()}`);
      return ((await response.json()) as { id: string }).id;
    }),
  );
  const time = performance.now() - started;
  await Promise.all(ids.map((id) => fetch(`${origin}/api/kernels/${id}`, { method: "DELETE", headers })));
  return time;
}
