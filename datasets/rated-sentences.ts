/** The tab-separated form of VADER's ground truth (Hutto and Gilbert, 2014): id, mean rating, sentence. */
import { readFile } from "node:fs/promises";
import type { Document } from "../lib/data/document.ts";
import { cachedFile } from "./download.ts";

/** One document for each rated sentence of the file; `metadata.rating` is the mean rating. */
export async function* ratedSentences(file: Parameters<typeof cachedFile>[0]): AsyncGenerator<Document> {
  const text = await readFile(await cachedFile(file), "utf8");
  for (const line of text.split(/\r?\n/)) {
    const [id, rating, ...sentence] = line.split("\t");
    if (sentence.length > 0)
      yield { id, text: sentence.join(" ").trim(), metadata: { rating: Number(rating) } };
  }
}
