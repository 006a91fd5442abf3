/** Documents of a registered download, named after the file rather than the place of this machine's cache. */
import { basename } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { readDocuments, type ReadOptions } from "../lib/data/read/read.ts";
import type { DataFile } from "./card.ts";
import { cachedFile } from "./download.ts";

/** @throws GradbookError when the file is not here and cannot be fetched, or a record cannot be read */
export async function* cachedDocuments(file: DataFile, options: ReadOptions = {}): AsyncGenerator<Document> {
  const path = await cachedFile(file);
  for await (const document of readDocuments(path, options))
    yield document.id.startsWith(path)
      ? { ...document, id: basename(path) + document.id.slice(path.length) }
      : document;
}
