/** Helpful and harmless: preferences on harmlessness (test part). 2,312 pairs of conversations, of which people chose the less harmful one. Contains offensive text. Documents hold the chosen conversation; `metadata.rejected` the other. */
import type { Document } from "../lib/data/document.ts";
import { cachedDocuments } from "./cached-documents.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "hh-harmless",
  title: "Helpful and harmless: preferences on harmlessness (test part)",
  about: "2,312 pairs of conversations, of which people chose the less harmful one. Contains offensive text.",
  licence: "MIT",
  homepage: "https://github.com/anthropics/hh-rlhf",
  uses: ["preferences", "reward models"],
  files: [
    {
      name: "hh_harmless_base_test.jsonl.gz",
      url: "https://raw.githubusercontent.com/anthropics/hh-rlhf/master/harmless-base/test.jsonl.gz",
      sha256: "ebfaaed21162a4de120ae85366075b34425e2a6303fac59b99555002f7016f03",
      size: 742801,
    },
  ],
  size: 742801,
};

async function* documents(): AsyncGenerator<Document> {
  yield* cachedDocuments(FACTS.files![0], { text: "chosen" });
}

export const hhHarmless = dataset(FACTS, documents);
