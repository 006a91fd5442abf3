/** Winogender: pronouns and occupations. 720 sentences that differ only in the gender of a pronoun. */
import type { Document } from "../lib/data/document.ts";
import { cachedDocuments } from "./cached-documents.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "winogender",
  title: "Winogender: pronouns and occupations",
  about: "720 sentences that differ only in the gender of a pronoun.",
  licence: "MIT",
  homepage: "https://github.com/rudinger/winogender-schemas",
  uses: ["bias", "evaluation"],
  files: [
    {
      name: "winogender_all_sentences.tsv",
      url: "https://raw.githubusercontent.com/rudinger/winogender-schemas/master/data/all_sentences.tsv",
      sha256: "bd69da16bf228cb8df63fd0843aec2d8b5c36a7f21bf8c7b168bcc83932556c8",
      size: 83644,
    },
  ],
  size: 83644,
};

async function* documents(): AsyncGenerator<Document> {
  yield* cachedDocuments(FACTS.files![0], { text: "sentence", id: "sentid" });
}

export const winogender = dataset(FACTS, documents);
