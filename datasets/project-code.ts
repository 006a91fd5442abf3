/**
 * The source code of the project's own dependencies: JavaScript and TypeScript on every machine without a download.
 * One document per file; `metadata.codeLanguage` and `metadata.package` say what it is.
 */
import { globSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Document } from "../lib/data/document.ts";
import { codeLanguageOf } from "../lib/data/read/formats.ts";
import { dataset, type CardFacts } from "./card.ts";

const FACTS: CardFacts = {
  name: "project-code",
  title: "Source code of this project's dependencies",
  about:
    "JavaScript and TypeScript of the packages in node_modules; files of more than 200 kB and minified ones are left out. Already installed.",
  licence: "those of the packages",
  homepage: "https://www.npmjs.com",
  uses: ["pre-training", "code models", "deduplication"],
  npm: "(installed with this project)",
  size: 85_000_000,
};

const LARGEST_BYTES = 200_000;

async function* documents(): AsyncGenerator<Document> {
  const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules");
  for (const folder of globSync(["[!.@]*", "@*/*"], { cwd: modules }).sort()) {
    const files = globSync("**/*.{js,mjs,cjs,ts,mts,cts}", {
      cwd: join(modules, folder),
      exclude: (name) => name === "node_modules" || name.endsWith(".min.js"),
    });
    for (const file of files.sort()) {
      const path = join(modules, folder, file);
      const { size } = statSync(path);
      if (size === 0 || size > LARGEST_BYTES) continue;
      const text = readFileSync(path, "utf8");
      // Minified code is one long line.
      if (text.length / (text.split("\n").length + 1) > 300) continue;
      const name = folder.replaceAll("\\", "/");
      yield {
        id: `${name}/${file.replaceAll("\\", "/")}`,
        text,
        metadata: { package: name, codeLanguage: codeLanguageOf(file) ?? "JavaScript" },
      };
    }
  }
}

export const projectCode = dataset(FACTS, documents);
