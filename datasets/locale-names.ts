/** Names of countries in 766 locales. A document is the name of one territory in one locale, from Unicode's CLDR. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "locale-names",
  title: "Names of countries in 766 locales",
  about: "A document is the name of one territory in one locale, from Unicode's CLDR.",
  licence: "Unicode-3.0",
  homepage: "https://www.npmjs.com/package/cldr-localenames-full",
  uses: ["translation"],
  npm: "cldr-localenames-full@48.2.0",
  size: 35000000,
};

async function* documents(): AsyncGenerator<Document> {
  const folder = join(packageFolder(FACTS.npm!), "main");
  for (const language of readdirSync(folder).sort()) {
    const path = join(folder, language, "territories.json");
    if (!existsSync(path)) continue;
    const { territories } = JSON.parse(readFileSync(path, "utf8")).main[language].localeDisplayNames;
    for (const [code, text] of Object.entries<string>(territories))
      yield { id: `${language}:${code}`, text, metadata: { code, language } };
  }
}

export const localeNames = dataset(FACTS, documents);
