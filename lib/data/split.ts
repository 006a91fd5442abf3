/**
 * Train, validation and test sets chosen by the hash of each document's text: the choice needs no list, stays the
 * same when the corpus grows, and equal texts never land on both sides.
 */
import { fail } from "../core/errors.ts";
import { drop, type Document } from "./document.ts";
import { hashFraction } from "./hash.ts";
import type { DocumentStep } from "./pipeline/step.ts";

export type Part = "train" | "validation" | "test";

export interface SplitOptions {
  /** Share of the documents. Default 0.01. */
  validation?: number;
  /** Default 0. */
  test?: number;
  /** Another seed gives another split. Default 0. */
  seed?: number;
}

/** The part that a text belongs to. */
export function partOf(text: string, { validation = 0.01, test = 0, seed = 0 }: SplitOptions = {}): Part {
  if (!(validation >= 0 && test >= 0 && validation + test <= 1))
    fail("partOf", { expected: "shares of at least 0 that sum to at most 1", got: { validation, test } });
  const fraction = hashFraction(text, seed);
  return fraction < test ? "test" : fraction < test + validation ? "validation" : "train";
}

/** Documents of a list by part. */
export function splitDocuments(
  documents: readonly Document[],
  options: SplitOptions = {},
): Record<Part, Document[]> {
  const parts: Record<Part, Document[]> = { train: [], validation: [], test: [] };
  for (const document of documents) parts[partOf(document.text, options)].push(document);
  return parts;
}

/** Pipeline step: keeps one part; `keepPart({ part: "train" })` in one run and `"validation"` in another. */
export function keepPart(options: SplitOptions & { part: Part }): DocumentStep {
  return {
    kind: "document",
    name: "keepPart",
    recipe: { module: import.meta.url, factory: "keepPart", settings: options },
    apply(document) {
      const part = partOf(document.text, options);
      return part === options.part ? document : drop(`in_${part}`);
    },
  };
}
