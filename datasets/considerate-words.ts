/** Words that can hurt with considerate ones, from retext-equality. A document is a phrase; `metadata.considerate` what to say instead. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "considerate-words",
  title: "Inconsiderate phrases and considerate ones",
  about:
    "912 English words that exclude or belittle groups; `metadata.considerate` is what to say instead, `metadata.note` why. Contains slurs.",
  licence: "MIT",
  homepage: "https://www.npmjs.com/package/retext-equality",
  uses: ["bias", "preferences"],
  npm: "retext-equality@7.1.0",
  size: 172_000,
};

interface Pattern {
  id: string;
  note?: string;
  considerate?: Record<string, string>;
  inconsiderate: Record<string, string>;
}

async function* documents(): AsyncGenerator<Document> {
  const file = join(packageFolder(FACTS.npm!), "lib/patterns-en.js");
  const { patterns } = (await import(pathToFileURL(file).href)) as { patterns: readonly Pattern[] };
  for (const { id, note = "", considerate = {}, inconsiderate } of patterns)
    for (const [text, group] of Object.entries(inconsiderate))
      yield {
        id: `${id}:${text}`,
        text,
        metadata: { considerate: Object.keys(considerate), group, note },
      };
}

export const considerateWords = dataset(FACTS, documents);
