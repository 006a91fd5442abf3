/** Wordy phrases with simpler ones. A document is a phrase; `metadata.simpler` what says the same in fewer words. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "simpler-words",
  title: "Wordy phrases and simpler ones",
  about:
    "327 English phrases; `metadata.simpler` are words that say the same, empty where the phrase can go.",
  licence: "MIT",
  homepage: "https://www.npmjs.com/package/retext-simplify",
  uses: ["preferences", "simplification"],
  npm: "retext-simplify@8.0.0",
  size: 38_000,
};

async function* documents(): AsyncGenerator<Document> {
  const file = join(packageFolder(FACTS.npm!), "lib/patterns.js");
  const { patterns } = (await import(pathToFileURL(file).href)) as {
    patterns: Record<string, { replace?: string[]; omit?: boolean }>;
  };
  for (const [text, { replace = [], omit = false }] of Object.entries(patterns))
    yield { id: `simplify:${text}`, text, metadata: { simpler: replace, omit } };
}

export const simplerWords = dataset(FACTS, documents);
