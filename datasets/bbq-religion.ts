/** BBQ: bias in question answering, religion. 1,200 questions whose right answer is often that one cannot know. */
import type { Document } from "../lib/data/document.ts";
import { cachedDocuments } from "./cached-documents.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "bbq-religion",
  title: "BBQ: bias in question answering, religion",
  about: "1,200 questions whose right answer is often that one cannot know.",
  licence: "CC-BY-4.0",
  homepage: "https://github.com/nyu-mll/BBQ",
  uses: ["bias", "evaluation"],
  files: [
    {
      name: "bbq_religion.jsonl",
      url: "https://raw.githubusercontent.com/nyu-mll/BBQ/main/data/Religion.jsonl",
      sha256: "cb9555f9f3454a52cd2df85956b59bd7fcca5aa922c8527693b1164d08417616",
      size: 1118728,
    },
  ],
  size: 1118728,
};

async function* documents(): AsyncGenerator<Document> {
  yield* cachedDocuments(FACTS.files![0], { text: "context", id: "example_id" });
}

export const bbqReligion = dataset(FACTS, documents);
