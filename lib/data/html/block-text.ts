/**
 * A tree as text the way a page reads: block elements on lines of their own, paragraphs apart, lists with a dash,
 * table cells side by side; white space collapses except in `<pre>`.
 */
import type { Element } from "./tree.ts";

const BLOCKS = new Set(
  (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 " +
    "h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
  ).split(" "),
);
/** Blocks that an empty line sets apart. */
const PARAGRAPHS = new Set("p h1 h2 h3 h4 h5 h6 blockquote pre table ul ol dl figure".split(" "));

/** The text below an element. Lines end in \n, paragraphs are separated by an empty line. */
export function blockText(root: Element): string {
  const out: string[] = [];
  /** Line ends owed before the next text. */
  let breaks = 0;
  let space = false;

  function put(text: string): void {
    if (out.length > 0 && breaks > 0) out.push("\n".repeat(breaks));
    else if (space && out.length > 0) out.push(" ");
    [breaks, space] = [0, false];
    out.push(text);
  }

  function walk(node: Element, preformatted: boolean): void {
    for (const child of node.children) {
      if (typeof child === "string") {
        if (preformatted) {
          if (child !== "") put(child);
          continue;
        }
        const words = child.replace(/[\s\u200b]+/g, " ");
        if (words.startsWith(" ")) space = true;
        const trimmed = words.trim();
        if (trimmed !== "") {
          put(trimmed);
          space = words.endsWith(" ");
        }
        continue;
      }
      if (child.tag === "br") {
        breaks = Math.min(2, breaks + 1);
        continue;
      }
      const gap = PARAGRAPHS.has(child.tag) ? 2 : BLOCKS.has(child.tag) ? 1 : 0;
      breaks = Math.max(breaks, gap);
      if (child.tag === "td" || child.tag === "th") space = true;
      if (child.tag === "li" && child.textLength > 0) {
        put("-");
        space = true;
      }
      walk(child, preformatted || child.tag === "pre");
      breaks = Math.max(breaks, gap);
    }
  }

  walk(root, root.tag === "pre");
  return out
    .join("")
    .replace(/[ \t]+\n/g, "\n")
    .trim();
}
