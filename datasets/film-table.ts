/** A table of 3,201 films. Title, studio, genre, year, budget and gross of films; a document is one film as a sentence, the row is its metadata. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document, Json } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "film-table",
  title: "A table of 3,201 films",
  about:
    "Title, studio, genre, year, budget and gross of films; a document is one film as a sentence, the row is its metadata.",
  licence: "BSD-3-Clause (collection)",
  homepage: "https://www.npmjs.com/package/vega-datasets",
  uses: ["tables", "question answering"],
  npm: "vega-datasets@3.2.1",
  size: 42000000,
};

async function* documents(): AsyncGenerator<Document> {
  const path = join(packageFolder(FACTS.npm!), "data/movies.json");
  const rows: Record<string, Json>[] = JSON.parse(readFileSync(path, "utf8"));
  for (const [i, row] of rows.entries()) {
    const text = `${row.Title} is a film${row["Major Genre"] ? ` (${row["Major Genre"]})` : ""} of ${row["Release Date"]}.`;
    yield { id: `film:${i + 1}`, text, metadata: row };
  }
}

export const filmTable = dataset(FACTS, documents);
