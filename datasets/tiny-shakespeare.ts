/** Tiny Shakespeare: the plays as one text. Every speech of Shakespeare's plays, 1.1 MB: the classic set for models of characters. One document per speech. */
import { readFile } from "node:fs/promises";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { cachedFile } from "./download.ts";

const FACTS: CardFacts = {
  name: "tiny-shakespeare",
  title: "Tiny Shakespeare: the plays as one text",
  about:
    "Every speech of Shakespeare's plays, 1.1 MB: the classic set for models of characters. One document per speech.",
  licence: "public domain (text); the selection is Andrej Karpathy's",
  homepage: "https://github.com/karpathy/char-rnn",
  uses: ["pre-training", "character models"],
  files: [
    {
      name: "tinyshakespeare.txt",
      url: "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
      sha256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
      size: 1115394,
    },
  ],
  size: 1115394,
};

async function* documents(): AsyncGenerator<Document> {
  const text = await readFile(await cachedFile(FACTS.files![0]), "utf8");
  for (const [i, speech] of text.trim().split(/\n\n+/).entries())
    yield { id: `tiny-shakespeare:${i + 1}`, text: speech, metadata: {} };
}

export const tinyShakespeare = dataset(FACTS, documents);
