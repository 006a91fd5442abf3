/** CrowS-Pairs: stereotypes in sentence pairs. 1,508 pairs of sentences that differ in the group they speak of; one of them is a stereotype. For measuring only. Documents hold the more stereotypical sentence; `metadata.sent_less` the other. */
import type { Document } from "../lib/data/document.ts";
import { cachedDocuments } from "./cached-documents.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "crows-pairs",
  title: "CrowS-Pairs: stereotypes in sentence pairs",
  about:
    "1,508 pairs of sentences that differ in the group they speak of; one of them is a stereotype. For measuring only.",
  licence: "CC-BY-SA-4.0",
  homepage: "https://github.com/nyu-mll/crows-pairs",
  uses: ["bias", "evaluation"],
  files: [
    {
      name: "crows_pairs.csv",
      url: "https://raw.githubusercontent.com/nyu-mll/crows-pairs/master/data/crows_pairs_anonymized.csv",
      sha256: "dfb36986ce0502abbaf7055b9176da3d08d48e07df1251991b5dfbcbceab9d0c",
      size: 437764,
    },
  ],
  size: 437764,
};

async function* documents(): AsyncGenerator<Document> {
  yield* cachedDocuments(FACTS.files![0], { text: "sent_more" });
}

export const crowsPairs = dataset(FACTS, documents);
