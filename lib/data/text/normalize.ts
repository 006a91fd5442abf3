/**
 * One spelling for what looks the same: Unicode normal form, line ends, invisible and control characters, white
 * space. It changes how a text is written, never what it says.
 */
import type { Document } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";

export interface NormalizeOptions {
  /** NFC (default) joins letters and accents; NFKC also unfolds ligatures and full-width forms, and loses ² → 2. */
  form?: "NFC" | "NFKC";
  /** Make curly quotation marks straight. Default false. */
  straightQuotes?: boolean;
}

// Everything below 0x20 but tab and line feed, DEL, C1 controls but NEL, BOM, soft hyphen, zero-width space, word
// joiner. Zero-width joiners stay: Persian, Hindi and emoji need them.

const INVISIBLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\xad\u200b\u2060]/g;

/** The text in one spelling: see the head of this file. */
export function normalizeText(
  text: string,
  { form = "NFC", straightQuotes = false }: NormalizeOptions = {},
): string {
  let out = text
    .toWellFormed()
    .replace(/\r\n?|\x85|\u2028/g, "\n")
    .replace(/\u2029/g, "\n\n")
    .replace(INVISIBLE, "")
    .normalize(form)
    .replace(/[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, " ")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n");
  if (straightQuotes) out = out.replace(/[‘’‚‛]/g, "'").replace(/[“”„‟]/g, '"');
  return out.trim();
}

/** Character references left in plain text: `"R&amp;D"` → `"R&D"`. Only those that are never meant literally. */
export function unescapeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp|hellip|mdash|ndash|rsquo|lsquo|ldquo|rdquo|copy));/gi,
    (whole, decimal: string, hex: string, name: string) => {
      if (name) return NAMED[name.toLowerCase()];
      const point = decimal ? Number(decimal) : parseInt(hex, 16);
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

const NAMED: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  rsquo: "’",
  lsquo: "‘",
  ldquo: "“",
  rdquo: "”",
  copy: "©",
};

/**
 * A text as deduplication and decontamination compare it: lower case, digits as 0, no punctuation or accents,
 * single spaces. Source: CCNet (arXiv 1911.00359), section 3.1.
 */
export function foldText(text: string): string {
  return text
    .normalize("NFD")
    .toLowerCase()
    .replace(/\p{Mn}+/gu, "")
    .replace(/\p{Nd}+(?:[.,]\p{Nd}+)*/gu, "0")
    .replace(/[\p{P}\p{S}\p{C}\s]+/gu, " ")
    .trim();
}

/** Pipeline step: one spelling for every document. Empty ones are dropped. */
export function normalize(options: NormalizeOptions = {}): DocumentStep {
  return {
    kind: "document",
    name: "normalize",
    recipe: { module: import.meta.url, factory: "normalize", settings: options },
    apply(document: Document) {
      const text = normalizeText(document.text, options);
      if (text === "") return { dropped: "empty" };
      return text === document.text ? document : { ...document, text };
    },
  };
}
