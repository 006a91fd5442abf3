/** Exact duplicates: of documents with the same text, the first one stays. */
import { drop } from "../document.ts";
import { hash53, hashString } from "../hash.ts";
import type { CorpusStep } from "../pipeline/step.ts";
import { foldText } from "../text/normalize.ts";
import { NumberTable, type NumberTableState } from "./number-table.ts";

export interface ExactOptions {
  /** Compare without regard to case, punctuation, digits and white space. Default false. */
  fold?: boolean;
}

/**
 * Pipeline step: drops documents whose text came before.
 *
 * Texts are compared by 85 bits of hash, so 12 bytes a document are remembered: at a thousand million documents,
 * one wrong drop is expected in about 10⁷ runs.
 */
export function exact({ fold = false }: ExactOptions = {}): CorpusStep<{ key: number; check: number }> {
  let table = new NumberTable();
  return {
    kind: "corpus",
    name: "exact",
    recipe: { module: import.meta.url, factory: "exact", settings: { fold } },
    prepare({ text }) {
      const compared = fold ? foldText(text) : text;
      return { key: hash53(compared), check: hashString(compared, 1) | 0 };
    },
    apply: (document, { key, check }) =>
      table.setIfAbsent(key, check) === check ? drop("duplicate") : document,
    save: () => table.state(),
    restore(state: unknown) {
      table = new NumberTable(state as NumberTableState);
    },
  };
}
