/** Pages become text: the pipeline step in front of `parsePage`, `mainText` and `blockText`. */
import { drop, type Document, type Metadata, type Verdict } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { blockText } from "./block-text.ts";
import { mainText } from "./extract.ts";
import { parsePage } from "./tree.ts";

export interface HtmlOptions {
  /** `"main"` (default): the article without the frame around it. `"all"`: every visible text, for mails. */
  keep?: "main" | "all";
}

/**
 * The text of a page.
 *
 * @example htmlToText("<nav>Home</nav><article><p>It was a dark night …</p></article>") // "It was a dark night …"
 */
export function htmlToText(html: string, { keep = "main" }: HtmlOptions = {}): string {
  const page = parsePage(html);
  return keep === "all" ? blockText(page.root) : mainText(page, () => parsePage(html));
}

/**
 * Pipeline step: turns documents whose `contentType` is `text/html` into text; others pass. The page's title and
 * declared language become metadata (`title`, `htmlLanguage`). Pages without text are dropped.
 */
export function html(options: HtmlOptions = {}): DocumentStep {
  return {
    kind: "document",
    name: "html",
    recipe: { module: import.meta.url, factory: "html", settings: options },
    apply(document: Document): Verdict {
      if (document.metadata.contentType !== "text/html") return document;
      const page = parsePage(document.text);
      const { title, language } = page;
      const text =
        options.keep === "all" ? blockText(page.root) : mainText(page, () => parsePage(document.text));
      if (text === "") return drop("no_text");
      const metadata: Metadata = { ...document.metadata, contentType: "text/plain" };
      if (title !== "") metadata.title = title;
      if (language !== undefined) metadata.htmlLanguage = language;
      return { ...document, text, metadata };
    },
  };
}
