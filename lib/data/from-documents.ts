/** Documents that are in memory already, or come from a generator of yours, as the source of a pipeline. */
import type { Document } from "./document.ts";
import type { Chunk, Source } from "./pipeline/step.ts";

const CHUNK_DOCUMENTS = 256;

/**
 * A source from documents or plain texts.
 *
 * @example fromDocuments(["first text", "second text"]), fromDocuments(chapters, "moby-dick")
 */
export function fromDocuments(
  items: Iterable<Document | string> | AsyncIterable<Document | string>,
  name = "documents",
): Source {
  async function* chunks(): AsyncGenerator<Chunk> {
    let documents: Document[] = [];
    let number = 0;
    for await (const item of items) {
      number++;
      documents.push(typeof item === "string" ? { id: `${name}:${number}`, text: item, metadata: {} } : item);
      if (documents.length < CHUNK_DOCUMENTS) continue;
      yield { documents };
      documents = [];
    }
    if (documents.length > 0) yield { documents };
  }
  return { kind: "source", name, chunks };
}
