/**
 * A segment: consecutive steps that look at one document at a time, run over a chunk in one go, in the main
 * thread or on a worker. The features that a corpus step needs are prepared at its end.
 */
import { GradbookError } from "../../core/errors.ts";
import { isDrop, type Document, type Drop, type Problem } from "../document.ts";
import { stepTally, type StepReport } from "./report.ts";
import type { CorpusStep, DocumentStep, Source } from "./step.ts";

export interface Segment {
  /** Set in the first segment when the source hands out bytes. */
  parse?: Source["parse"];
  steps: readonly DocumentStep[];
  /** The corpus step that follows. */
  prepare?: CorpusStep;
}

/** Documents on their way, with what has been found out about them. */
export interface Work {
  documents: Document[];
  raw?: unknown;
  features?: unknown[];
}

export interface Exclusion {
  document: Document;
  step: string;
  drop: Drop;
}

export interface SegmentResult {
  work: Work;
  reports: StepReport[];
  problems: Problem[];
  /** Dropped documents, only when asked for. */
  excluded: Exclusion[];
  parseSeconds: number;
  prepareSeconds: number;
  /** Documents and characters that came out of parsing. */
  parsed: { documents: number; characters: number };
}

export function runSegment(segment: Segment, work: Work, keepExcluded: boolean): SegmentResult {
  let { documents } = work;
  let problems: Problem[] = [];
  const started = performance.now();
  if (segment.parse && work.raw !== undefined) ({ documents, problems } = segment.parse(work.raw));
  const parseSeconds = (performance.now() - started) / 1000;
  let characters = 0;
  for (const document of documents) characters += document.text.length;
  const parsed = { documents: documents.length, characters };

  const excluded: Exclusion[] = [];
  const reports: StepReport[] = [];
  for (const step of segment.steps) {
    const tally = stepTally(step.name);
    documents = applyStep(step, documents, tally, keepExcluded ? excluded : undefined);
    reports.push(tally.report());
  }

  const preparing = performance.now();
  const { prepare } = segment;
  const features =
    prepare && documents.map((document) => guard(prepare.name, document, () => prepare.prepare(document)));
  const prepareSeconds = (performance.now() - preparing) / 1000;
  return { work: { documents, features }, reports, problems, excluded, parseSeconds, prepareSeconds, parsed };
}

function applyStep(
  step: DocumentStep,
  documents: readonly Document[],
  tally: ReturnType<typeof stepTally>,
  excluded: Exclusion[] | undefined,
): Document[] {
  const out: Document[] = [];
  const started = performance.now();
  for (const document of documents) {
    const verdict = guard(step.name, document, () => step.apply(document));
    if (Array.isArray(verdict)) {
      out.push(...verdict);
      tally.split(document, verdict);
    } else if (isDrop(verdict)) {
      tally.drop(document, verdict.dropped, verdict.value);
      excluded?.push({ document, step: step.name, drop: verdict });
    } else {
      out.push(verdict);
      tally.keep(document, verdict);
    }
  }
  tally.addSeconds((performance.now() - started) / 1000);
  return out;
}

/** Runs one call of a step; an error gets the step's and the document's name. */
export function guard<T>(step: string, document: Document, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new GradbookError(
      `pipeline step ${step}`,
      `failed at document ${document.id}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}
