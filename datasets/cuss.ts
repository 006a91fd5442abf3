/** Profane English words, each with how sure one can be that it is meant so. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "cuss",
  title: "Profane words with how sure one can be",
  about:
    "1,795 English words; `metadata.sureness` is 0 (hardly ever profane), 1 (maybe) or 2 (surely). Offensive.",
  licence: "MIT",
  homepage: "https://www.npmjs.com/package/cuss",
  uses: ["safety", "weak labels"],
  npm: "cuss@2.2.0",
  size: 93_000,
};

async function* documents(): AsyncGenerator<Document> {
  const file = join(packageFolder(FACTS.npm!), "index.js");
  const { cuss: words } = (await import(pathToFileURL(file).href)) as { cuss: Record<string, number> };
  for (const [text, sureness] of Object.entries(words))
    yield { id: `cuss:${text}`, text, metadata: { sureness } };
}

export const cuss = dataset(FACTS, documents);
