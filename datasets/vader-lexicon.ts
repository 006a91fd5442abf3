/** VADER: words and emoticons with a tone that ten people gave them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "vader-lexicon",
  title: "VADER: words and emoticons with a tone",
  about:
    "7,500 words, slang and emoticons; `metadata.tone` is the mean of ten people's ratings from −4 to 4.",
  licence: "MIT (lexicon), Apache-2.0 (package)",
  homepage: "https://www.npmjs.com/package/vader-sentiment",
  uses: ["sentiment", "weak labels"],
  npm: "vader-sentiment@1.1.3",
  size: 742_000,
};

async function* documents(): AsyncGenerator<Document> {
  const file = join(packageFolder(FACTS.npm!), "vader_lexicon.txt");
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [text, tone, deviation] = line.split("\t");
    if (tone !== undefined)
      yield { id: `vader:${text}`, text, metadata: { tone: Number(tone), deviation: Number(deviation) } };
  }
}

export const vaderLexicon = dataset(FACTS, documents);
