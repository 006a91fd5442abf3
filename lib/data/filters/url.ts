/**
 * Drops pages by their address: blocked domains (with their subdomains) and words in the address.
 *
 * Source: the URL filter of RefinedWeb (arXiv 2306.01116, section 3.1): lists of domains first, then a score of
 * words. The lists are yours: one domain per line, as the public block lists have them.
 */
import { readFileSync } from "node:fs";
import { fail } from "../../core/errors.ts";
import { drop, type Document, type Verdict } from "../document.ts";
import type { DocumentStep } from "../pipeline/step.ts";

export interface UrlOptions {
  /** `"example.com"` also blocks `"news.example.com"`. */
  blockedDomains?: string[];
  /** A file with more of them; lines that start with # are comments. */
  blockedDomainsFile?: string;
  /** A page goes when its address has one of these as a whole word. */
  blockedWords?: string[];
  /** Drop documents without an address. Default false. */
  requireUrl?: boolean;
}

/** Pipeline step: drops documents by `metadata.url`. */
export function url(options: UrlOptions): DocumentStep {
  const domains = new Set((options.blockedDomains ?? []).map((domain) => domain.toLowerCase()));
  if (options.blockedDomainsFile !== undefined)
    for (const line of readList(options.blockedDomainsFile)) domains.add(line);
  const words = new Set((options.blockedWords ?? []).map((word) => word.toLowerCase()));
  return {
    kind: "document",
    name: "url",
    recipe: { module: import.meta.url, factory: "url", settings: options },
    apply(document: Document): Verdict {
      const address = document.metadata.url;
      if (typeof address !== "string") return options.requireUrl ? drop("no_url") : document;
      if (isBlockedDomain(address, domains)) return drop("blocked_domain");
      const blocked = address
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u)
        .some((word) => words.has(word));
      return blocked ? drop("blocked_word") : document;
    },
  };
}

function isBlockedDomain(address: string, blocked: ReadonlySet<string>): boolean {
  let host: string;
  try {
    host = new URL(address.includes("://") ? address : `http://${address}`).hostname.toLowerCase();
  } catch {
    return false;
  }
  for (let rest = host; rest !== "";) {
    if (blocked.has(rest)) return true;
    const dot = rest.indexOf(".");
    if (dot < 0) break;
    rest = rest.slice(dot + 1);
  }
  return false;
}

function readList(path: string): string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .map((line) => line.trim().toLowerCase())
      .filter((line) => line !== "" && !line.startsWith("#"));
  } catch (error) {
    return fail("url", { expected: `a list of domains in ${path}`, got: (error as Error).message });
  }
}
