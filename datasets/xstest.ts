/** XSTest: exaggerated refusals. 450 prompts, safe ones that look unsafe and unsafe ones. */
import type { Document } from "../lib/data/document.ts";
import { cachedDocuments } from "./cached-documents.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "xstest",
  title: "XSTest: exaggerated refusals",
  about: "450 prompts, safe ones that look unsafe and unsafe ones.",
  licence: "CC-BY-4.0",
  homepage: "https://github.com/paul-rottger/xstest",
  uses: ["safety", "evaluation"],
  files: [
    {
      name: "xstest_prompts.csv",
      url: "https://raw.githubusercontent.com/paul-rottger/xstest/main/xstest_prompts.csv",
      sha256: "11783fb294ed017473ee53c207d71f2161c7672c8d0b037501e78387f801cb5a",
      size: 38719,
    },
  ],
  size: 38719,
};

async function* documents(): AsyncGenerator<Document> {
  yield* cachedDocuments(FACTS.files![0], { text: "prompt" });
}

export const xstest = dataset(FACTS, documents);
