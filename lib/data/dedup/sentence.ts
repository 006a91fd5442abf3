/**
 * Repeated sentences: cuts every run of three sentences that an earlier text, or this one before, had already.
 *
 * Source: C4 (arXiv 1910.10683, section 2.2): "we discarded all but one of any three-sentence span occurring more
 * than once". Catches what pages of one site share (disclaimers, biographies) without being duplicates as a whole.
 */
import { drop, type Document } from "../document.ts";
import { hash53 } from "../hash.ts";
import type { CorpusStep } from "../pipeline/step.ts";
import { foldText } from "../text/normalize.ts";
import { NumberTable, type NumberTableState } from "./number-table.ts";

export interface SentenceDedupOptions {
  /** Sentences in a compared run. Default 3. */
  span?: number;
  /** A document that is left with fewer characters goes. Default 100. */
  minCharacters?: number;
}

interface Features {
  /** Where each sentence ends, white space after it included. */
  ends: Int32Array;
  /** One per run of sentences. */
  hashes: Float64Array;
}

/** Pipeline step: cuts repeated runs of sentences. */
export function sentenceDedup({
  span = 3,
  minCharacters = 100,
}: SentenceDedupOptions = {}): CorpusStep<Features> {
  let table = new NumberTable();

  function apply(document: Document, { ends, hashes }: Features) {
    const repeated = new Uint8Array(ends.length);
    hashes.forEach((hash, i) => {
      if (table.setIfAbsent(hash, 1) !== undefined) repeated.fill(1, i, i + span);
    });
    if (!repeated.includes(1)) return document;
    let text = "";
    ends.forEach((end, i) => {
      if (!repeated[i]) text += document.text.slice(i === 0 ? 0 : ends[i - 1], end);
    });
    text = text.trim();
    return text.length < minCharacters ? drop("repeated_sentences", text.length) : { ...document, text };
  }

  return {
    kind: "corpus",
    name: "sentenceDedup",
    recipe: { module: import.meta.url, factory: "sentenceDedup", settings: { span, minCharacters } },
    prepare({ text }) {
      const ends = sentenceEnds(text);
      const folded = Array.from(ends, (end, i) => foldText(text.slice(i === 0 ? 0 : ends[i - 1], end)));
      const hashes = new Float64Array(Math.max(0, ends.length - span + 1));
      for (let i = 0; i < hashes.length; i++) hashes[i] = hash53(folded.slice(i, i + span).join("\n"));
      return { ends, hashes };
    },
    apply,
    save: () => table.state(),
    restore(state: unknown) {
      table = new NumberTable(state as NumberTableState);
    },
  };
}

/** Ends of sentences: after marks that white space follows, and at line ends; the last one is the text's end. */
function sentenceEnds(text: string): Int32Array {
  const ends: number[] = [];
  for (const match of text.matchAll(/[.!?…]["'”’)\]]*\s+|[。！？]\s*|\n+/g))
    ends.push(match.index + match[0].length);
  if (text.length > (ends.at(-1) ?? 0)) ends.push(text.length);
  return Int32Array.from(ends);
}
