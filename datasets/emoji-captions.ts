/** Names and keywords of emoji in 170 languages. A document is the keywords of one emoji in one language, from Unicode's CLDR. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "emoji-captions",
  title: "Names and keywords of emoji in 170 languages",
  about: "A document is the keywords of one emoji in one language, from Unicode's CLDR.",
  licence: "Unicode-3.0",
  homepage: "https://www.npmjs.com/package/cldr-annotations-full",
  uses: ["captions", "translation"],
  npm: "cldr-annotations-full@48.2.0",
  size: 56000000,
};

async function* documents(): AsyncGenerator<Document> {
  const folder = join(packageFolder(FACTS.npm!), "annotations");
  for (const language of readdirSync(folder).sort()) {
    const path = join(folder, language, "annotations.json");
    if (!existsSync(path)) continue;
    // Some languages only say where theirs come from.
    const annotations = JSON.parse(readFileSync(path, "utf8")).annotations.annotations ?? {};
    for (const [emoji, entry] of Object.entries<{ default?: string[]; tts?: string[] }>(annotations)) {
      const text = entry.tts?.[0] ?? entry.default?.[0];
      if (text)
        yield {
          id: `${language}:${emoji}`,
          text,
          metadata: { emoji, language, keywords: entry.default ?? [] },
        };
    }
  }
}

export const emojiCaptions = dataset(FACTS, documents);
