/** Replaces personal data by what it was: "Write to [EMAIL]". */
import { drop, type Document, type Verdict } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";
import { findPii, type PiiKind, type PiiSpan } from "./find.ts";

export interface PiiOptions {
  /** Default: all kinds. */
  kinds?: PiiKind[];
  /** What stands in the place of each kind. Default `[EMAIL]`, `[PHONE]`, … */
  replacements?: Partial<Record<PiiKind, string>>;
  /** Drop documents with more spans than this: lists of addresses. Default: never. */
  maxSpans?: number;
}

/** The text with every span replaced. */
export function maskPii(
  text: string,
  spans: readonly PiiSpan[],
  replacements: PiiOptions["replacements"] = {},
): string {
  let masked = "";
  let end = 0;
  for (const span of spans) {
    masked += text.slice(end, span.start) + (replacements[span.kind] ?? `[${span.kind.toUpperCase()}]`);
    end = span.end;
  }
  return masked + text.slice(end);
}

/** Pipeline step: masks personal data and counts it in metadata `pii`. */
export function pii(options: PiiOptions = {}): DocumentStep {
  return {
    kind: "document",
    name: "pii",
    recipe: { module: import.meta.url, factory: "pii", settings: options },
    apply(document: Document): Verdict {
      const spans = findPii(document.text, options.kinds);
      if (spans.length === 0) return document;
      if (spans.length > (options.maxSpans ?? Infinity)) return drop("too_much_pii", spans.length);
      const counts: Record<string, number> = {};
      for (const { kind } of spans) counts[kind] = (counts[kind] ?? 0) + 1;
      const text = maskPii(document.text, spans, options.replacements);
      return { ...document, text, metadata: { ...document.metadata, pii: counts } };
    },
  };
}
