/**
 * The one record that curation works on, and what a step can say about it.
 *
 * A document is a text with a name and free metadata (address, language, label, score). Whatever a reader
 * finds, a web page, a mail, a row of a table, becomes one; every filter, writer and statistic takes it.
 * Conversations, instruction pairs and preferences are made from documents at the end (format/).
 */

/** A value that survives a round trip through JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type Metadata = Record<string, Json>;

export interface Document {
  /** Names the document in reports; unique within a data set. Readers make it from the place it was read from. */
  id: string;
  text: string;
  /** `url`, `file`, `language`, `label`, … A document read from a mail or page also says how it was decoded. */
  metadata: Metadata;
}

/** Says that a document is to go, and why. */
export interface Drop {
  /** The rule that it broke, one name per rule: `"gopher_short_doc"`. Counted in the report. */
  dropped: string;
  /** The measured value that broke the rule, e.g. the number of words. */
  value?: number;
}

/** What a step answers: the document (as it was or changed), several in its place, or that it goes. */
export type Verdict = Document | Document[] | Drop;

/** A verdict that drops a document; `return drop("too_short", words)`. */
export function drop(reason: string, value?: number): Drop {
  return value === undefined ? { dropped: reason } : { dropped: reason, value };
}

export function isDrop(verdict: Verdict): verdict is Drop {
  return "dropped" in verdict;
}

/** A record that could not be read: skipped and counted, or, in a strict run, the end of it. */
export interface Problem {
  /** File and line, record or byte: `"crawl.jsonl:812"`. */
  where: string;
  /** What is wrong, one name per kind: `"invalid JSON"`. Counted in the report. */
  reason: string;
  /** The parser's words, or the start of the record. */
  detail?: string;
}
