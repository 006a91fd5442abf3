/**
 * Names that are unique: of documents with one id, the first keeps it, the next ones become `id~2`, `id~3`, …, or go.
 *
 * Reports, samples, reviews and joins go by id, so sets that were put together from several places need this.
 * Remembered are 53 bits of hash and a count for each id, in a Map: some 40 bytes.
 */
import { drop } from "../document.ts";
import { hash53 } from "../hash.ts";
import type { CorpusStep } from "../pipeline/step.ts";

export interface UniqueIdsOptions {
  /** `"rename"` (default) or `"drop"` the later ones. */
  repeated?: "rename" | "drop";
}

/** Pipeline step: makes ids unique. */
export function uniqueIds({ repeated = "rename" }: UniqueIdsOptions = {}): CorpusStep<number> {
  let seen = new Map<number, number>();
  return {
    kind: "corpus",
    name: "uniqueIds",
    recipe: { module: import.meta.url, factory: "uniqueIds", settings: { repeated } },
    prepare: ({ id }) => hash53(id),
    apply(document, key) {
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      if (count === 1) return document;
      if (repeated === "drop") return drop("duplicate_id");
      // A name that was made up may be taken as well.
      let [id, number] = ["", count];
      do id = `${document.id}~${number++}`;
      while (seen.has(hash53(id)));
      seen.set(hash53(id), 1);
      return { ...document, id };
    },
    save: () => seen,
    restore(state: unknown) {
      seen = state as Map<number, number>;
    },
  };
}
