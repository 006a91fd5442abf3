/** GSM8K: word problems of school mathematics. 8,792 problems with worked answers; the number after #### is the result. metadata.part is train or test. Documents hold the question; `metadata.answer` the worked answer. */
import type { Document } from "../lib/data/document.ts";
import { cachedDocuments } from "./cached-documents.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "gsm8k",
  title: "GSM8K: word problems of school mathematics",
  about:
    "8,792 problems with worked answers; the number after #### is the result. metadata.part is train or test.",
  licence: "MIT",
  homepage: "https://github.com/openai/grade-school-math",
  uses: ["supervised fine-tuning", "verifiable rewards", "evaluation"],
  files: [
    {
      name: "gsm8k_train.jsonl",
      url: "https://raw.githubusercontent.com/openai/grade-school-math/master/grade_school_math/data/train.jsonl",
      sha256: "17f347dc51477c50d4efb83959dbb7c56297aba886e5544ee2aaed3024813465",
      size: 4166206,
    },
    {
      name: "gsm8k_test.jsonl",
      url: "https://raw.githubusercontent.com/openai/grade-school-math/master/grade_school_math/data/test.jsonl",
      sha256: "3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14",
      size: 749738,
    },
  ],
  size: 4915944,
};

async function* documents(): AsyncGenerator<Document> {
  for (const [i, part] of ["train", "test"].entries())
    yield* cachedDocuments(FACTS.files![i], { text: "question", metadata: { part } });
}

export const gsm8k = dataset(FACTS, documents);
