import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { codeCell, formatNotebook, newNotebook, fromPercent } from "../../../studio/document/index.ts";
import { exportNotebook, findBrowser, renderMarkdown } from "../../../studio/report/index.ts";
import { PIXEL, sampleNotebook } from "./sample.ts";

let file: string;
beforeAll(() => {
  file = join(mkdtempSync(join(tmpdir(), "gradbook-export-")), "sample.ipynb");
  writeFileSync(file, formatNotebook(sampleNotebook()));
});

describe("exporting a saved notebook", () => {
  test("as HTML", async () => {
    const report = await exportNotebook("html", file);
    expect(report).toMatchObject({ name: "sample.html", mime: "text/html; charset=utf-8" });
    expect(report.data).toContain("<title>A small GPT learns to write</title>");
  });

  test("as a script that reads back as the same cells", async () => {
    const report = await exportNotebook("script", file);
    expect(report.name).toBe("sample.ts");
    const sources = fromPercent(report.data as string).cells.map((cell) => cell.source);
    expect(sources).toEqual(sampleNotebook().cells.map((cell) => cell.source));
  });

  test("in an unknown format is refused with a suggestion", async () => {
    await expect(exportNotebook("htm", file)).rejects.toThrow(
      "report format: expected html, pdf, md, script, got htm; did you mean html?",
    );
  });

  test("as PDF without a browser gives a page that prints itself, and says so", async () => {
    const report = await exportNotebook("pdf", file, { browser: null });
    expect(report.name).toBe("sample.html");
    expect(report.data).toContain("setTimeout(print");
    expect(report.data).toMatch(
      /<body[^>]*><style>.*Choose “Save as PDF” in the print dialog, or install one/,
    );
    expect(report.note).toMatch(/no Chrome, Chromium or Edge was found/);
  });

  test("CHROME_PATH to nowhere is refused", () => {
    expect(() => findBrowser({ CHROME_PATH: "/nowhere/chrome" })).toThrow(
      "CHROME_PATH: expected the path of a browser, got /nowhere/chrome; correct or unset it",
    );
  });

  test.skipIf(!findBrowser())("as PDF prints pages with bookmarks by the user's browser", async () => {
    const report = await exportNotebook("pdf", file);
    const pdf = (report.data as Buffer).toString("latin1");
    expect(report.name).toBe("sample.pdf");
    expect(pdf.slice(0, 5)).toBe("%PDF-");
    expect(pdf.match(/\/Type\s*\/Page\b/g)!.length).toBeGreaterThanOrEqual(2);
    expect(pdf).toContain("/Outlines");
    expect(pdf).toContain("/StructTreeRoot");
  });

  test.skipIf(!findBrowser())("light draws charts as pictures and stays below 500 kB", async () => {
    const report = await exportNotebook("html", file, { light: true });
    expect(report.data.length).toBeLessThan(5e5);
    expect(report.data).toMatch(/<figure class="chart"><img src="data:image\/svg\+xml;base64,/);
  });
});

describe("a Markdown report", () => {
  test("has text, fenced code, outputs without colours, a table of parameters", () => {
    const markdown = renderMarkdown(sampleNotebook());
    expect(markdown).toMatch(/^# A small GPT learns to write\n\n\*Trained on Moby Dick/);
    expect(markdown).toContain('```typescript\nimport { gpt, gptTrain } from "gradbook/models";');
    expect(markdown).toContain("```text\nwidth 128, 4 layers\n```");
    expect(markdown).toContain("| learning rate | 0.003 per step | How far each step goes. |");
    expect(markdown).toContain("**validation loss** = 1.54732");
    expect(markdown).not.toContain("secret");
  });

  test("gives its images to the caller and links to what comes back", () => {
    const data = { "image/png": PIXEL, "text/plain": "a dot" };
    const notebook = newNotebook([
      { ...codeCell("dot()"), outputs: [{ output_type: "display_data", data, metadata: {} }] },
    ]);
    const saved: string[] = [];
    const markdown = renderMarkdown(notebook, {
      saveImage: (url) => {
        saved.push(url);
        return "dot.png";
      },
    });
    expect(markdown).toContain("![a dot](dot.png)");
    expect(saved).toEqual([`data:image/png;base64,${PIXEL}`]);
  });

  test("fences code that itself holds a fence with a longer one", () => {
    const notebook = newNotebook([codeCell("const text = `\n```\ncode\n```\n`;")]);
    expect(renderMarkdown(notebook)).toContain("````typescript\nconst text");
  });
});
