/**
 * A page as a small tree: elements with the few attributes that extraction looks at, and text.
 *
 * htmlparser2 does the forgiving tokenizing (unclosed tags, stray ends, entities); elements that never hold
 * readable text are not built at all. Each element knows how much text, and how much of it in links, is below it,
 * which is most of what telling content from boilerplate needs.
 */
import { Parser } from "htmlparser2";

export interface Element {
  tag: string;
  /** Class, id, role and similar names in lower case, joined by spaces. */
  names: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
  parent: Element | undefined;
  /** Characters of text below, without white space around it. */
  textLength: number;
  /** The part of them that is in links. */
  linkLength: number;
  commas: number;
}

/** Nothing below these is text that a reader of the page sees. */
const SKIPPED = new Set(
  (
    "script style noscript template svg math iframe object embed applet canvas map audio video source track " +
    "head input select option textarea button datalist progress meter dialog"
  ).split(" "),
);

/** Deeper than any page that a person wrote; stops pages that open tags without end. */
const MAX_DEPTH = 400;

export interface Page {
  root: Element;
  title: string;
  /** `lang` of the html element, if it has one. */
  language?: string;
}

/** Parses a page; any text is accepted, and broken markup is repaired as far as the parser can. */
export function parsePage(html: string): Page {
  const root = element("html", {}, undefined);
  let current = root;
  let depth = 0;
  let skipping = "";
  let skipDepth = 0;
  let inTitle = false;
  let title = "";
  let language: string | undefined;

  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (tag === "title") inTitle = true;
        if (skipping !== "") {
          if (tag === skipping) skipDepth++;
          // A head that was never closed must not swallow the page.
          if (skipping !== "head" || tag !== "body") return;
          skipping = "";
        }
        if (tag === "html") {
          language ??= attributes.lang?.toLowerCase();
          return;
        }
        if (SKIPPED.has(tag)) {
          [skipping, skipDepth] = [tag, 1];
          return;
        }
        depth++;
        if (depth > MAX_DEPTH) return;
        const child = element(tag, attributes, current);
        current.children.push(child);
        current = child;
      },
      ontext(text) {
        if (inTitle) title += text;
        else if (skipping === "") addText(current, text);
      },
      onclosetag(tag) {
        if (tag === "title") inTitle = false;
        if (skipping !== "") {
          if (tag === skipping && --skipDepth === 0) skipping = "";
          return;
        }
        if (tag === "html") return;
        depth--;
        if (depth >= MAX_DEPTH || current.parent === undefined) return;
        current = current.parent;
      },
    },
    { decodeEntities: true, lowerCaseTags: true, recognizeSelfClosing: false },
  );
  // NUL bytes are no characters of a page, and some parsers stop at them.
  parser.write(html.includes("\0") ? html.replaceAll("\0", "") : html);
  parser.end();
  count(root);
  return { root, title: title.replace(/\s+/g, " ").trim(), language };
}

function element(tag: string, attributes: Record<string, string>, parent: Element | undefined): Element {
  const { class: className = "", id = "", role = "", itemprop = "" } = attributes;
  const names = `${className} ${id} ${role} ${itemprop}`.toLowerCase().trim();
  return { tag, names, attributes, children: [], parent, textLength: 0, linkLength: 0, commas: 0 };
}

function addText(current: Element, text: string): void {
  const last = current.children.length - 1;
  // The parser breaks text at entities.
  if (typeof current.children[last] === "string") current.children[last] += text;
  else current.children.push(text);
}

const COMMA = /[,،，、﹐]/g;

/** Fills in the counts below an element. */
export function count(node: Element): void {
  let [textLength, linkLength, commas] = [0, 0, 0];
  for (const child of node.children) {
    if (typeof child === "string") {
      textLength += child.trim().length;
      commas += child.includes(",") || !isAscii(child) ? (child.match(COMMA)?.length ?? 0) : 0;
    } else {
      count(child);
      textLength += child.textLength;
      linkLength += child.linkLength;
      commas += child.commas;
    }
  }
  Object.assign(node, { textLength, commas, linkLength: node.tag === "a" ? textLength : linkLength });
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** All elements below, parents before children. */
export function* descendants(node: Element): Generator<Element> {
  for (const child of node.children) {
    if (typeof child === "string") continue;
    yield child;
    yield* descendants(child);
  }
}

/** Share of the text below that is in links. */
export function linkDensity({ textLength, linkLength }: Element): number {
  return textLength === 0 ? 0 : linkLength / textLength;
}
