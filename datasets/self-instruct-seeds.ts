/** Self-Instruct: seed tasks. 175 tasks with instruction, input and output, from which larger instruction sets were grown. */
import type { Document } from "../lib/data/document.ts";
import { cachedDocuments } from "./cached-documents.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "self-instruct-seeds",
  title: "Self-Instruct: seed tasks",
  about: "175 tasks with instruction, input and output, from which larger instruction sets were grown.",
  licence: "Apache-2.0",
  homepage: "https://github.com/yizhongw/self-instruct",
  uses: ["instructions"],
  files: [
    {
      name: "self_instruct_seed_tasks.jsonl",
      url: "https://raw.githubusercontent.com/yizhongw/self-instruct/main/data/seed_tasks.jsonl",
      sha256: "7779004fa198fdf27cf70a159363879d8a26c53329e11b436af17b3941875f48",
      size: 110934,
    },
  ],
  size: 110934,
};

async function* documents(): AsyncGenerator<Document> {
  yield* cachedDocuments(FACTS.files![0], { text: "instruction" });
}

export const selfInstructSeeds = dataset(FACTS, documents);
