/**
 * The pictures of docs/story.md: a training that is watched, changed, rewound, compared and exported, in the real page.
 *
 *   node bench/studio/pictures.ts [FOLDER]     (docs/pictures by default)
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { codeCell, formatNotebook, markdownCell, newNotebook } from "../../studio/document/index.ts";
import { sitDown, type LabPage } from "../../tests/browser/lab-page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SIZE = { width: 1100, height: 820 };
const [TRAIN, COMPARE] = [3, 4];
const CELLS = [
  markdownCell(
    "# A small GPT reads Moby Dick\n\nThe slider sets how far the weights move per step, also while it trains.",
  ),
  codeCell(`import { randomWindows, sequentialWindows } from "gradbook/batches";
import { mobyDick } from "gradbook/datasets";
import { GPT, gptPreset } from "gradbook/models";
import { param, runHistory } from "gradbook/notebook";
import { trainCharTokenizer } from "gradbook/tokenizers";
import { train, trainConfig } from "gradbook/train";
const book = mobyDick();
const tokenizer = trainCharTokenizer(book.train);
const config = gptPreset("nano", { vocabSize: tokenizer.vocabSize });
const windows = { batchSize: 12, contextLength: config.contextLength };
const data = {
  train: randomWindows(tokenizer.encode(book.train), { ...windows, seed: 1 }),
  validation: sequentialWindows(tokenizer.encode(book.validation), { ...windows, maxBatches: 8 }),
};
const model = new GPT(config, { seed: 1 });`),
  codeCell(`const learningRate = param("learningRate", trainConfig.learningRate, { default: 0.003 });`),
  codeCell(`const settings = { steps: 1500, learningRate, schedule: "constant", evaluateEvery: 50 } as const;
const options = { tokenizer, live: () => ({ learningRate }), directory: "runs/moby" };
const run = await train(model, data, settings, options);`),
  codeCell(`const history = await runHistory();
history.chart("eval_loss")`),
];
const KERNEL = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };

const folder = path.resolve(process.argv[2] ?? path.join(ROOT, "docs/pictures"));
const desk = await sitDown();
try {
  const notebook = newNotebook(CELLS, { kernelspec: KERNEL, language_info: { name: "typescript" } });
  writeFileSync(path.join(desk.folder, "moby.ipynb"), formatNotebook(notebook));
  const lab = await desk.open("moby.ipynb");
  await lab.page.setViewportSize(SIZE);
  await lab.command("application:toggle-left-area");
  await lab.select(0);
  for (let cell = 0; cell <= TRAIN; cell++) await lab.step();
  await lab.untilCurve(200);
  await showTraining(lab);
  await picture(lab.page, "story-1-train");

  await dial(lab, "0.3");
  await lab.untilCurve((await lab.curve()).last + 60);
  await picture(lab.page, "story-2-change");

  await lab.page.getByRole("button", { name: /learning rate 0\.003 → 0\.3/ }).click();
  await lab.page.waitForFunction(() => {
    const { data } = document.querySelector(".js-plotly-plot") as unknown as { data: { opacity?: number }[] };
    return data.some(({ opacity }) => opacity === 0.4);
  });
  await lab.untilCurve((await lab.curve()).last + 60);
  await dial(lab, "0.001");
  await lab.untilCurve((await lab.curve()).last + 120);
  await picture(lab.page, "story-3-rewind");

  await lab.page.getByRole("button", { name: "Stop" }).click();
  await lab.page.getByText("stopped", { exact: true }).waitFor();
  await lab.select(COMPARE);
  await lab.step();
  await lab.page.locator(".jp-Cell").nth(COMPARE).locator(".js-plotly-plot .legend").waitFor();
  await lab.select(COMPARE);
  await picture(lab.page, "story-4-compare");

  await lab.command("docmanager:save");
  const origin = `http://127.0.0.1:${desk.server.port}`;
  const report = await lab.page.context().request.get(`${origin}/nbconvert/html/moby.ipynb`);
  const reader = await desk.browser.newPage({ viewport: SIZE });
  await reader.setContent(await report.text());
  await reader.locator(".js-plotly-plot").first().scrollIntoViewIfNeeded();
  await picture(reader, "story-5-export");
} finally {
  await desk.close();
}

/** The slider at the top, the chart below it. */
async function showTraining(lab: LabPage): Promise<void> {
  await lab.page
    .locator(".jp-Cell")
    .nth(2)
    .evaluate((node) => node.scrollIntoView({ block: "start" }));
  await lab.page.waitForTimeout(300);
}

async function dial(lab: LabPage, value: string): Promise<void> {
  const readout = lab.page.locator(".widget-readout").first();
  await readout.fill(value);
  await readout.press("Enter");
}

async function picture(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1000); // Charts are drawn a moment after their data has come.
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  console.log(`${name}.png`);
}
