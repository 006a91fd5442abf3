/** HumanEval: functions to complete. 164 Python functions, each a docstring to be implemented and tests. For evaluation only: keep it out of training. */
import type { Document } from "../lib/data/document.ts";
import { cachedDocuments } from "./cached-documents.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "human-eval",
  title: "HumanEval: functions to complete",
  about:
    "164 Python functions, each a docstring to be implemented and tests. For evaluation only: keep it out of training.",
  licence: "MIT",
  homepage: "https://github.com/openai/human-eval",
  uses: ["evaluation", "code"],
  files: [
    {
      name: "HumanEval.jsonl.gz",
      url: "https://raw.githubusercontent.com/openai/human-eval/master/data/HumanEval.jsonl.gz",
      sha256: "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
      size: 44877,
    },
  ],
  size: 44877,
};

async function* documents(): AsyncGenerator<Document> {
  yield* cachedDocuments(FACTS.files![0], { text: "prompt", id: "task_id" });
}

export const humanEval = dataset(FACTS, documents);
