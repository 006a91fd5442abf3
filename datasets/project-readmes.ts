/**
 * The README files of the project's own dependencies: real prose and real clutter, on every machine without a
 * download. One document per package; `metadata.package` and `metadata.description` come from its package.json.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "project-readmes",
  title: "READMEs of this project's dependencies",
  about:
    "What the packages in node_modules say about themselves: prose, lists, badges, code. Already installed.",
  licence: "those of the packages",
  homepage: "https://www.npmjs.com",
  uses: ["cleaning", "summarisation", "deduplication"],
  npm: "(installed with this project)",
  size: 6_000_000,
};

async function* documents(): AsyncGenerator<Document> {
  const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules");
  for (const pattern of ["*/README.md", "@*/*/README.md"]) {
    for (const file of globSync(pattern, { cwd: modules }).sort()) {
      const name = dirname(file).replaceAll("\\", "/");
      const text = readFileSync(join(modules, file), "utf8");
      const { description = "" } = JSON.parse(
        readFileSync(join(modules, dirname(file), "package.json"), "utf8"),
      );
      yield {
        id: name,
        text,
        metadata: { package: name, description: String(description), contentType: "text/markdown" },
      };
    }
  }
}

export const projectReadmes = dataset(FACTS, documents);
