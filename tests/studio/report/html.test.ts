import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, test } from "vitest";
import {
  codeCell,
  markdownCell,
  newNotebook,
  type Cell,
  type Output,
} from "../../../studio/document/index.ts";
import { renderHtml, type HtmlOptions } from "../../../studio/report/index.ts";
import { FIGURE, PIXEL, sampleNotebook } from "./sample.ts";

/** The report of some cells as a document to ask questions of. */
async function page(cells: Cell[], options: HtmlOptions = {}): Promise<Document> {
  return parseHTML(await renderHtml(newNotebook(cells), options)).document;
}

function cellWith(...outputs: Output[]): Cell {
  return { ...codeCell("x"), outputs };
}

const display = (data: Record<string, unknown>, metadata = {}): Output => ({
  output_type: "display_data",
  data,
  metadata,
});

const texts = (found: Iterable<Element>) => [...found].map((element) => element.textContent);

describe("the report of a whole notebook", () => {
  let html: string;
  let document: Document;
  beforeAll(async () => {
    html = await renderHtml(sampleNotebook());
    document = parseHTML(html).document;
  });

  test("has title, authors and date from the front matter, which is not repeated in the text", () => {
    expect(document.title).toBe("A small GPT learns to write");
    expect(document.querySelector("header .byline")?.textContent).toBe(
      "Ada Example, Ben Sample · 2026-11-21",
    );
    expect(document.querySelector("#text")?.textContent).not.toContain("author:");
  });

  test("lists its headings and every link leads to one", () => {
    const links = [...document.querySelectorAll("nav a")];
    expect(texts(links)).toEqual([
      "The book",
      "Parameters",
      "Training",
      "What it writes",
      "When something fails",
    ]);
    for (const link of links) expect(document.querySelector(link.getAttribute("href")!)).not.toBeNull();
  });

  test("shows recorded values at the top, numbers written for people", () => {
    const results = document.querySelector("dl.results")!;
    expect(texts(results.querySelectorAll("dt"))).toEqual(["validation loss", "parameters"]);
    expect(texts(results.querySelectorAll("dd"))).toEqual(["1.54732", "809,472"]);
  });

  test("makes one table of neighbouring parameters, with the value that was dialled in last", () => {
    const rows = [...document.querySelectorAll("table.parameters tr")];
    expect(rows.map((row) => texts(row.children).slice(0, 2))).toEqual([
      ["learning rate", "0.003 per step"],
      ["dropout", "0.1"],
    ]);
    expect(document.querySelectorAll("table.parameters")).toHaveLength(1);
  });

  test("holds each chart as data with words for those who do not see it, and plotly once", () => {
    const chart = document.querySelector("figure.chart")!;
    expect(JSON.parse(chart.querySelector("script")!.textContent!)).toEqual(FIGURE);
    expect(chart.querySelector("[role=img]")?.getAttribute("aria-label")).toBe(
      "Loss: train 1.41, validation 1.55 at step 990",
    );
    expect(document.querySelectorAll("#plotly")).toHaveLength(1);
  });

  test("keeps the colours of streams and tracebacks and escapes their text", () => {
    expect(document.querySelector("pre.stdout .ansi-green")?.textContent).toBe("4 layers");
    expect(document.querySelector("pre.error .ansi-red")?.textContent).toBe("ReferenceError");
    expect(document.querySelector("pre.result")?.textContent).toContain("closed over <all> & nothing.");
  });

  test("leaves out removed cells and folds hidden inputs", () => {
    expect(document.body.textContent).not.toContain("removed");
    const folded = [...document.querySelectorAll("details.input")].filter(
      (each) => !each.hasAttribute("open"),
    );
    expect(texts(folded.map((each) => each.querySelector("code")!))).toEqual(["hiddenInput()"]);
  });

  test("needs nothing from the network", () => {
    expect(html).not.toMatch(/(?:src|href)=["']?https?:/);
    expect(html).not.toMatch(/url\(["']?(?!data:)[a-z/]/);
    expect(html).not.toContain("@import");
  });

  test("is below 6 MB with charts, below 500 kB with pictures instead", async () => {
    expect(html.length).toBeLessThan(6e6);
    const notebook = sampleNotebook();
    const light = await renderHtml(notebook, { pictures: new Map() });
    expect(light.length).toBeLessThan(5e5);
    expect(light).not.toContain("<script");
  });

  test("is accessible: one h1, language, landmarks, a way past the contents", () => {
    expect(document.querySelectorAll("h1")).toHaveLength(1);
    expect(document.documentElement.getAttribute("lang")).toBe("en");
    expect(document.querySelector("main")).not.toBeNull();
    expect(document.querySelector("nav")?.getAttribute("aria-labelledby")).toBe("contents");
    expect(document.querySelector("a.skip")?.getAttribute("href")).toBe("#text");
  });
});

describe("an output is shown in its richest form that needs no kernel:", () => {
  test.each([
    ["HTML over text", { "text/html": "<b>rich</b>", "text/plain": "plain" }, ".html b", "rich"],
    ["Markdown over text", { "text/markdown": "*it*", "text/plain": "plain" }, ".html em", "it"],
    ["LaTeX as a formula", { "text/latex": "$$x^2$$", "text/plain": "x^2" }, ".katex annotation", "x^2"],
    ["JSON as a tree of text", { "application/json": { a: 1 } }, "details + pre.shiki", '{\n  "a": 1\n}'],
    ["text when there is nothing else", { "text/plain": "plain" }, "pre.result", "plain"],
  ])("%s", async (_name, data, selector, text) => {
    const document = await page([cellWith(display(data))]);
    expect(document.querySelector(selector)?.textContent?.trim()).toBe(text);
  });

  test("a picture with its size and with words from the plain text", async () => {
    const data = { "image/png": PIXEL + "\n", "text/plain": "heads of layer 1" };
    const document = await page([cellWith(display(data, { "image/png": { width: 40 } }))]);
    const image = document.querySelector("figure.picture img")!;
    expect(image.getAttribute("src")).toBe(`data:image/png;base64,${PIXEL}`);
    expect(image.getAttribute("alt")).toBe("heads of layer 1");
    expect(image.getAttribute("width")).toBe("40");
  });

  test("an SVG as an image, so that its scripts cannot run", async () => {
    const data = { "image/svg+xml": "<svg onload='x()'></svg>", "text/plain": "drawing" };
    const document = await page([cellWith(display(data))]);
    expect(document.querySelector("section svg")).toBeNull();
    expect(document.querySelector("figure img")?.getAttribute("src")).toMatch(
      /^data:image\/svg\+xml;base64,/,
    );
  });

  test("a chart as the picture stored beside it, or as its words, when scripts are not wanted", async () => {
    const stored = display({
      "application/vnd.plotly.v1+json": FIGURE,
      "image/png": PIXEL,
      "text/plain": "falls",
    });
    const bare = display({ "application/vnd.plotly.v1+json": { data: [] }, "text/plain": "rises" });
    const document = await page([cellWith(stored, bare)], { pictures: new Map() });
    expect(document.querySelector("figure.chart img")?.getAttribute("alt")).toBe("falls");
    expect(document.querySelector("p.chart-text")?.textContent).toBe("rises");
  });

  test("a long stream without its middle, and says so", async () => {
    const text = Array.from({ length: 3000 }, (_, line) => `line ${line}\n`).join("");
    const document = await page([cellWith({ output_type: "stream", name: "stdout", text })]);
    const shown = document.querySelector("pre.stdout")!.textContent!;
    expect(shown).toContain("line 499\n… 2000 lines left out …\nline 2500\n");
  });

  test("any widget as a row with its label and last value, output areas with what they show; buttons leave nothing", async () => {
    const state = {
      box: { children: ["IPY_MODEL_slider", "IPY_MODEL_menu", "IPY_MODEL_button", "IPY_MODEL_area"] },
      slider: { description: "width:", value: 128 },
      menu: { description: "schedule", _options_labels: ["cosine", "linear"], index: 1 },
      button: { description: "Stop", value: false },
      area: { outputs: [display({ "text/plain": "the answer for 128" })] },
    };
    const names = {
      box: "VBoxModel",
      slider: "IntSliderModel",
      menu: "DropdownModel",
      button: "ToggleButtonModel",
      area: "OutputModel",
    };
    const models = Object.fromEntries(
      Object.entries(state).map(([id, each]) => [
        id,
        { model_name: names[id as keyof typeof names], state: each },
      ]),
    );
    const view = { "application/vnd.jupyter.widget-view+json": { model_id: "box" }, "text/plain": "VBox()" };
    const notebook = newNotebook([cellWith(display(view))], {
      widgets: { "application/vnd.jupyter.widget-state+json": { state: models } },
    });
    const { document } = parseHTML(await renderHtml(notebook));
    const rows = [...document.querySelectorAll("table.parameters tr")];
    expect(rows.map((row) => texts(row.children))).toEqual([
      ["width", "128", ""],
      ["schedule", "linear", ""],
    ]);
    expect(document.querySelector("table.parameters")!.nextElementSibling!.textContent).toBe(
      "the answer for 128",
    );
  });

  test("a ranking as its question and the answers in the order they were given", async () => {
    const state = {
      box: { children: ["IPY_MODEL_asked", "IPY_MODEL_order", "IPY_MODEL_notes", "IPY_MODEL_done"] },
      asked: { value: "<div><b>Tea &amp; cake, please.</b></div>" },
      order: { items: [" Go away.", " Certainly!"], value: [1, 0], description: "Best answer first" },
      notes: { description: "", value: "" },
      done: { value: "1 of 20 done" },
    };
    const names = { box: "VBoxModel", asked: "HTMLModel", order: "RankingModel", notes: "TextModel", done: "HTMLModel" }; // prettier-ignore
    const models = Object.fromEntries(Object.entries(state).map(([id, each]) => [id, { model_name: names[id as keyof typeof names], state: each }])); // prettier-ignore
    const view = { "application/vnd.jupyter.widget-view+json": { model_id: "box" }, "text/plain": "VBox()" };
    const notebook = newNotebook([cellWith(display(view))], { widgets: { "application/vnd.jupyter.widget-state+json": { state: models } } }); // prettier-ignore
    const { document } = parseHTML(await renderHtml(notebook));
    expect([...document.querySelectorAll("table.parameters tr")].map((row) => texts(row.children))).toEqual([
      ["", "Tea & cake, please.", ""],
      ["1.", "Certainly!", "Best answer first"],
      ["2.", "Go away.", ""],
      ["", "1 of 20 done", ""],
    ]);
  });
});

describe("cell tags", () => {
  const cell = (...tags: string[]): Cell => ({
    ...codeCell("theInput", { tags }),
    outputs: [{ output_type: "stream", name: "stdout", text: "theOutput" }],
  });
  const state = async (shown: Cell, options?: HtmlOptions) => {
    const document = await page([shown], options);
    const part = (text: string) => {
      const element = [...document.querySelectorAll("pre")].find((each) => each.textContent?.includes(text));
      if (!element) return "removed";
      const around = element.closest("details");
      return around && !around.hasAttribute("open") ? "folded" : "shown";
    };
    return [part("theInput"), part("theOutput")];
  };

  test.each([
    ["none", [], ["shown", "shown"]],
    ["remove-cell", ["remove-cell"], ["removed", "removed"]],
    ["remove_input", ["remove_input"], ["removed", "shown"]],
    ["remove-output", ["remove-output"], ["shown", "removed"]],
    ["hide-input", ["hide-input"], ["folded", "shown"]],
    ["hide-output", ["hide-output"], ["shown", "folded"]],
  ])("%s", async (_name, tags, expected) => expect(await state(cell(...tags))).toEqual(expected));

  test("JupyterLab's collapsed inputs are folded", async () => {
    const collapsed = { ...cell(), metadata: { jupyter: { source_hidden: true } } };
    expect(await state(collapsed)).toEqual(["folded", "shown"]);
  });

  test("all code can be folded or left out", async () => {
    expect(await state(cell(), { code: "fold" })).toEqual(["folded", "shown"]);
    expect(await state(cell("show-input"), { code: "fold" })).toEqual(["shown", "shown"]);
    expect(await state(cell(), { code: "hide" })).toEqual(["removed", "shown"]);
  });
});

describe("Markdown cells", () => {
  test("headings of the same name have different ids", async () => {
    const document = await page([
      markdownCell("## Loss"),
      markdownCell("## Loss"),
      markdownCell("## Über α!"),
    ]);
    expect([...document.querySelectorAll("#text h2")].map((each) => each.id)).toEqual([
      "loss",
      "loss-2",
      "uber-α",
    ]);
  });

  test("the heading that is the title appears once", async () => {
    const document = await page([markdownCell("# The title\n\nText.")]);
    expect(document.title).toBe("The title");
    expect(texts(document.querySelectorAll("h1"))).toEqual(["The title"]);
    expect(document.querySelector("#text p")?.textContent).toBe("Text.");
  });

  test("a title loses its marks but not the underscores of a name", async () => {
    const document = await page([markdownCell("# The `my_name` _of_ it")]);
    expect(document.title).toBe("The my_name of it");
    expect(document.querySelectorAll("h1")).toHaveLength(1);
  });

  test("images beside the notebook and attachments are inlined, remote ones stay links", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gradbook-images-"));
    writeFileSync(join(folder, "a dot.png"), Buffer.from(PIXEL, "base64"));
    const source = "![x](a%20dot.png) ![y](attachment:b.png) ![z](https://example.org/z.png) ![n](none.png)";
    const cell: Cell = {
      ...markdownCell(source),
      cell_type: "markdown",
      attachments: { "b.png": { "image/png": PIXEL } },
    };
    const document = await page([cell], { folder });
    expect([...document.querySelectorAll("img")].map((each) => each.getAttribute("src"))).toEqual([
      `data:image/png;base64,${PIXEL}`,
      `data:image/png;base64,${PIXEL}`,
      "https://example.org/z.png",
      "none.png",
    ]);
  });

  test("callouts are marked by their kind", async () => {
    const document = await page([markdownCell("> [!WARNING]\n> Mind the *gap*.")]);
    expect(document.querySelector("blockquote.callout-warning p")?.innerHTML).toBe("Mind the <em>gap</em>.");
  });

  test("formulas bring only the fonts they use", async () => {
    const fonts = (html: string) =>
      [...html.matchAll(/@font-face\{[^}]*font-family:"?(KaTeX_\w+)/g)].map(([, family]) => family);
    const plain = fonts(await renderHtml(newNotebook([markdownCell("$x$")])));
    const curly = fonts(await renderHtml(newNotebook([markdownCell("$\\mathcal{L}$")])));
    expect(new Set(plain)).toEqual(new Set(["KaTeX_Main", "KaTeX_Math"]));
    expect(new Set(curly)).toEqual(new Set(["KaTeX_Caligraphic", "KaTeX_Main", "KaTeX_Math"]));
    expect(fonts(await renderHtml(newNotebook([markdownCell("x")])))).toEqual([]);
  });

  test("front matter that is no YAML is refused by name", async () => {
    await expect(page([markdownCell("---\ntitle: [\n---")], { name: "a" })).rejects.toThrow(
      /^a, front matter: expected YAML between --- lines/,
    );
  });
});
