/** The list of bad words that C4 was filtered with, in 28 languages; `badWordLists()` gives one as an array. */
import { readdirSync } from "node:fs";
import type { Document } from "../lib/data/document.ts";
import { badWordLists } from "./word-lists.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "naughty-words",
  title: "Bad words in 28 languages",
  about: "2,666 words and phrases that C4 dropped pages for; `metadata.language`. Offensive; a blunt tool.",
  licence: "CC-BY-4.0",
  homepage: "https://www.npmjs.com/package/naughty-words",
  uses: ["safety", "weak labels"],
  npm: "naughty-words@1.2.0",
  size: 81_000,
};

async function* documents(): AsyncGenerator<Document> {
  const languages = readdirSync(packageFolder(FACTS.npm!)).flatMap(
    (name) => /^([a-z]{2,3}(?:-.+)?)\.json$/.exec(name)?.[1] ?? [],
  );
  for (const language of languages.sort())
    for (const text of badWordLists(language))
      yield { id: `${language}:${text}`, text, metadata: { language } };
}

export const naughtyWords = dataset(FACTS, documents);
