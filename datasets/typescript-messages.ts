/** TypeScript's messages in 13 languages. About 2,120 messages of the compiler with their translations; a document is one message in one language, `metadata.key` joins them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "typescript-messages",
  title: "TypeScript's messages in 13 languages",
  about:
    "About 2,120 messages of the compiler with their translations; a document is one message in one language, `metadata.key` joins them.",
  licence: "Apache-2.0",
  homepage: "https://www.npmjs.com/package/typescript",
  uses: ["translation", "language identification"],
  npm: "typescript@5.9.3",
  size: 23000000,
};

async function* documents(): AsyncGenerator<Document> {
  const folder = join(packageFolder(FACTS.npm!), "lib");
  for (const language of readdirSync(folder).sort()) {
    const path = join(folder, language, "diagnosticMessages.generated.json");
    if (!existsSync(path)) continue;
    for (const [key, text] of Object.entries<string>(JSON.parse(readFileSync(path, "utf8"))))
      yield { id: `${language}:${key}`, text, metadata: { key, language } };
  }
}

export const typescriptMessages = dataset(FACTS, documents);
