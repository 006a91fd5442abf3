/**
 * What a pipeline is made of: sources, three kinds of step, sinks.
 *
 * The kinds differ in what they may know, which decides where they can run:
 * - a document step looks at one document at a time, so it runs on any worker, in any order;
 * - a corpus step remembers what came before (deduplication). Its costly part, `prepare`, looks at one document
 *   and runs on workers; its cheap part, `apply`, sees the documents one after the other in their order;
 * - a stream step takes all documents and gives back others (exact substrings, a shuffle).
 * As each document meets the same calls in the same order, the result is the same for any number of workers.
 */
import type { Document, Problem, Verdict } from "../document.ts";

/**
 * How a worker makes a step again: it imports `module` and calls its export `factory` with `settings`, which
 * must survive a structured clone. A step without a recipe (one with a function of the user's) runs in the
 * main thread.
 */
export interface Recipe {
  module: string;
  factory: string;
  settings: unknown;
}

interface Named {
  /** The name in reports: `"gopherQuality"`. */
  readonly name: string;
  readonly recipe?: Recipe;
  /** Loads what the step needs before its first document (a model, a word list). */
  load?(): Promise<void>;
}

export interface DocumentStep extends Named {
  readonly kind: "document";
  /** Must not keep anything from one document to the next. */
  apply(document: Document): Verdict;
}

/** `F` is what `prepare` finds in a document, e.g. its MinHash signature; it crosses threads. */
export interface CorpusStep<F = unknown> extends Named {
  readonly kind: "corpus";
  prepare(document: Document): F;
  apply(document: Document, features: F): Verdict;
  /** Everything remembered so far, for a restart, as structured-clonable data. */
  save(): unknown;
  restore(state: unknown): void;
}

export interface StreamStep extends Named {
  readonly kind: "stream";
  /** Calls `dropped` for every document that it does not pass on. */
  run(
    documents: AsyncIterable<Document>,
    dropped: (document: Document, reason: string, value?: number) => void,
  ): AsyncIterable<Document>;
}

// `any`, because F appears in and out: a CorpusStep<Uint32Array> is no CorpusStep<unknown>.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Step = DocumentStep | CorpusStep<any> | StreamStep;

/** What a source hands out: documents, or bytes that `parse` makes into documents on a worker. */
export interface Chunk {
  documents?: Document[];
  problems?: Problem[];
  /** For `parse`; must survive a structured clone. Its ArrayBuffers are moved, not copied. */
  raw?: unknown;
}

export interface Source extends Named {
  readonly kind: "source";
  /**
   * The chunks in a fixed order with fixed borders, so that a restarted run can skip those it has done.
   * Bad input appears as problems; what cannot be read at all (no such file) is thrown.
   */
  chunks(): AsyncIterable<Chunk>;
  /** Makes the raw part of a chunk into documents; must not keep anything from one chunk to the next. */
  parse?(raw: unknown): { documents: Document[]; problems: Problem[] };
}

/** Where documents go. Nothing that is not committed may be taken for a finished file. */
export interface Sink {
  readonly kind: "sink";
  readonly name: string;
  /** Starts writing, or goes on after the state that an earlier `commit` returned. */
  open(state?: unknown): Promise<void>;
  write(documents: readonly Document[]): Promise<void> | void;
  /** Makes all that was written durable and says how to go on from here. */
  commit(): Promise<unknown>;
  /** Commits and ends. */
  close(): Promise<void>;
  /** Gives up: removes what is not committed. */
  abort(): Promise<void>;
}

/**
 * A document step from a function of yours, for a rule that no filter has. It runs in the main thread.
 *
 * @example
 * map("shout", (document) => ({ ...document, text: document.text.toUpperCase() }))
 */
export function map(name: string, apply: (document: Document) => Verdict): DocumentStep {
  return { kind: "document", name, apply };
}

/**
 * A document step that keeps the documents for which a condition holds.
 *
 * @example filter("has a title", (document) => document.metadata.title !== undefined)
 */
export function filter(name: string, keep: (document: Document) => boolean): DocumentStep {
  return map(name, (document) => (keep(document) ? document : { dropped: name }));
}
