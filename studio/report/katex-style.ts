/**
 * The style sheet of KaTeX for one page, with only those fonts inlined that the page's formulas use; empty for
 * a page without formulas. All fonts together would add 400 kB to every report.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const FONT_FACE = /@font-face\{[^}]*\}/g;
const RULE = /([^{}]+)\{([^{}]*)\}/g;
/** Fonts of plain formulas: text and letters. */
const ALWAYS = ["KaTeX_Main", "KaTeX_Math"];

/** CSS for the formulas in `html`. */
export function katexStyle(html: string): string {
  if (!html.includes('class="katex')) return "";
  const file = createRequire(import.meta.url).resolve("katex/dist/katex.min.css");
  const css = readFileSync(file, "utf8");
  const families = usedFamilies(css, classesIn(html));
  return css.replace(FONT_FACE, (face) => {
    const family = /font-family:"?(\w+)/.exec(face)?.[1] ?? "";
    const font = /url\((fonts\/[^)]+\.woff2)\)/.exec(face)?.[1];
    if (!families.has(family) || !font) return "";
    const data = readFileSync(join(dirname(file), font)).toString("base64");
    return face.replace(/src:[^}]*/, `src:url(data:font/woff2;base64,${data}) format("woff2")`);
  });
}

function classesIn(html: string): Set<string> {
  return new Set([...html.matchAll(/class="([^"]*)"/g)].flatMap(([, names]) => names.split(/\s+/)));
}

/** Families named by a rule all of whose classes occur in the page. */
function usedFamilies(css: string, classes: Set<string>): Set<string> {
  const families = new Set(ALWAYS);
  for (const [, selectors, body] of css.replace(FONT_FACE, "").matchAll(RULE)) {
    const family = /font(?:-family)?:[^;]*?(KaTeX_\w+)/.exec(body)?.[1];
    if (!family) continue;
    const used = selectors
      .split(",")
      .some((selector) => [...selector.matchAll(/\.([\w-]+)/g)].every(([, name]) => classes.has(name)));
    if (used) families.add(family);
  }
  return families;
}
