/**
 * Cuts lines that belong to a site rather than to a text: cookie notices, subscriptions, sharing, advertisements,
 * copyright lines. Short lines only: an article about newsletters keeps its sentences.
 */
import { drop, type Document, type Verdict } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";

const PATTERNS: [reason: string, pattern: RegExp][] = [
  ["cookies", /\b(uses? cookies|cookie (policy|settings|preferences)|accept (all )?cookies|your consent)\b/i],
  [
    "subscription",
    /\b(subscribe (now|today|to our)|sign up (for|to) (our|the) (\w+ )?newsletter|unsubscribe|free newsletter|log in to continue|create an account)\b/i,
  ],
  [
    "sharing",
    /^(share( (this|on|via)\b.*)?|tweet|pin it|follow us( on\b.*)?|like us on facebook|e-?mail this|print this( page| article)?|copy link)$/i,
  ],
  [
    "advertisement",
    /^(advertisement|sponsored( content| by\b.*)?|ad choices|advertise with us|ads by \w+|promoted( stories)?)$|\b(click here to|buy now|order now|limited time offer|act now|money[- ]back guarantee)\b/i,
  ],
  ["copyright", /^(copyright\b|©|\(c\) ?\d{4})|\ball rights reserved\b/i],
  [
    "navigation",
    /^(home|menu|search|skip to (main )?content|back to top|previous( (post|article|page))?|next( (post|article|page))?|read more|continue reading|load more|related (articles|posts|stories)|see also:?|you may also like|most (read|popular)|leave a (comment|reply)|(\d+ )?comments?|posted (on|by|in)\b.*|filed under\b.*|tags:.*)$/i,
  ],
];

const LONGEST_LINE = 160;

/** Which kind of boilerplate a line is, undefined for text. */
export function boilerplateKind(line: string): string | undefined {
  const trimmed = line.trim();
  if (trimmed === "" || trimmed.length > LONGEST_LINE) return undefined;
  return PATTERNS.find(([, pattern]) => pattern.test(trimmed))?.[0];
}

/** Pipeline step: cuts such lines; a document with nothing else is dropped. */
export function boilerplate(): DocumentStep {
  return {
    kind: "document",
    name: "boilerplate",
    recipe: { module: import.meta.url, factory: "boilerplate", settings: {} },
    apply(document: Document): Verdict {
      const lines = document.text.split("\n");
      const kept = lines.filter((line) => boilerplateKind(line) === undefined);
      if (kept.length === lines.length) return document;
      const text = kept
        .join("\n")
        .replace(/\n{3,}/g, "\n\n")
        .trim();
      return text === "" ? drop("only_boilerplate") : { ...document, text };
    },
  };
}
