import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, test } from "vitest";
import { codeCell, formatNotebook, markdownCell, newNotebook } from "../../../studio/document/index.ts";
import { renderSite, type SiteFile } from "../../../studio/report/index.ts";
import { sampleNotebook } from "./sample.ts";

describe("a site of reports", () => {
  let pages: SiteFile[];
  const page = (name: string) => parseHTML(pages.find((each) => each.name === name)!.data).document;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "gradbook-site-"));
    const notebooks = {
      "01-train.ipynb": sampleNotebook(),
      "02-tune.ipynb": newNotebook([
        markdownCell("# Fine-tune\n\nTeach it to *answer* [well](x).\n\nMore."),
        codeCell("1"),
      ]),
      "03-serve.ipynb": newNotebook([markdownCell("# Serve")]),
    };
    const files = Object.entries(notebooks).map(([name, notebook]) => {
      writeFileSync(join(folder, name), formatNotebook(notebook));
      return join(folder, name);
    });
    pages = await renderSite(files, { title: "The course", description: "Three chapters." });
  });

  test("has an index and a page per notebook", () => {
    expect(pages.map(({ name }) => name)).toEqual([
      "index.html",
      "01-train.html",
      "02-tune.html",
      "03-serve.html",
    ]);
  });

  test("the index shows title, first paragraph and state of each", () => {
    const index = page("index.html");
    const cards = [...index.querySelectorAll("ol.cards li")];
    expect(index.title).toBe("The course");
    expect(cards.map((card) => card.querySelector("a")?.getAttribute("href"))).toEqual([
      "01-train.html",
      "02-tune.html",
      "03-serve.html",
    ]);
    expect(cards[0].querySelector(".byline")?.textContent).toMatch(
      /^Ada Example, Ben Sample · 2026-11-21 · .* with an error$/,
    );
    expect(cards[0].querySelector("dd")?.textContent).toBe("1.54732");
    expect(cards[1].querySelector("p")?.textContent).toBe("Teach it to answer well.");
    expect(cards[1].querySelector(".byline")?.textContent).toBe("2 cells · not executed");
  });

  test("each page leads to its neighbours and to the index", () => {
    const links = (name: string) =>
      [...page(name).querySelectorAll("nav.chapters a")].map((link) => [
        link.className,
        link.getAttribute("href"),
      ]);
    expect(links("01-train.html")).toEqual([
      ["index", "index.html"],
      ["next", "02-tune.html"],
    ]);
    expect(links("02-tune.html")).toEqual([
      ["prev", "01-train.html"],
      ["index", "index.html"],
      ["next", "03-serve.html"],
    ]);
  });
});
