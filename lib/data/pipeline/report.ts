/**
 * What a run did, step by step: counts, reasons, examples, time. Reports of parts of a run add up to the report
 * of the whole, so workers and restarts each keep their own and the pipeline merges them.
 */
import type { Document, Problem } from "../document.ts";
import { samples, type Sample, type Samples } from "./samples.ts";

/** One rule that dropped documents, or one kind of unreadable record. */
export interface Reason {
  count: number;
  samples: Sample[];
}

export interface StepReport {
  name: string;
  documentsIn: number;
  documentsOut: number;
  /** UTF-16 units of text. */
  charactersIn: number;
  charactersOut: number;
  /** Documents that went on with another text. */
  changed: number;
  /** Processor time of the step, summed over workers. */
  seconds: number;
  dropped: Record<string, Reason>;
  kept: Sample[];
  changedSamples: Sample[];
}

export interface PipelineReport {
  steps: StepReport[];
  /** Records that could not be read or written as they were, by reason; `where` of the first ones as samples. */
  problems: Record<string, Reason>;
  /** Wall time of the run, with that of the runs it continues. */
  seconds: number;
  workers: number;
  /** False while the run goes on, and for ever when it was stopped. */
  finished: boolean;
}

/** Collects one step's report. */
export interface StepTally {
  keep(before: Document, after: Document): void;
  /** A document replaced by several. */
  split(before: Document, after: readonly Document[]): void;
  drop(document: Document, reason: string, value?: number): void;
  addSeconds(seconds: number): void;
  report(): StepReport;
}

export function stepTally(name: string): StepTally {
  const counts = {
    documentsIn: 0,
    documentsOut: 0,
    charactersIn: 0,
    charactersOut: 0,
    changed: 0,
    seconds: 0,
  };
  const dropped = new Map<string, { count: number; samples: Samples }>();
  const [kept, changed] = [samples(), samples()];

  function arrive(document: Document): void {
    counts.documentsIn++;
    counts.charactersIn += document.text.length;
  }

  return {
    keep(before, after) {
      arrive(before);
      counts.documentsOut++;
      counts.charactersOut += after.text.length;
      kept.offer(after.id, after.text);
      if (after.text === before.text) return;
      counts.changed++;
      changed.offer(after.id, after.text, { before: before.text });
    },
    split(before, after) {
      arrive(before);
      counts.changed++;
      counts.documentsOut += after.length;
      for (const part of after) {
        counts.charactersOut += part.text.length;
        kept.offer(part.id, part.text);
      }
    },
    drop(document, reason, value) {
      arrive(document);
      let entry = dropped.get(reason);
      if (!entry) dropped.set(reason, (entry = { count: 0, samples: samples() }));
      entry.count++;
      entry.samples.offer(document.id, document.text, { value });
    },
    addSeconds(seconds) {
      counts.seconds += seconds;
    },
    report: () => ({
      name,
      ...counts,
      dropped: Object.fromEntries(
        [...dropped].map(([reason, entry]) => [
          reason,
          { count: entry.count, samples: entry.samples.list() },
        ]),
      ),
      kept: kept.list(),
      changedSamples: changed.list(),
    }),
  };
}

export function emptyStepReport(name: string): StepReport {
  return stepTally(name).report();
}

/** Adds one part's report to the whole, in place. */
export function addStepReport(whole: StepReport, part: StepReport): void {
  for (const key of [
    "documentsIn",
    "documentsOut",
    "charactersIn",
    "charactersOut",
    "changed",
    "seconds",
  ] as const)
    whole[key] += part[key];
  for (const [reason, { count, samples: few }] of Object.entries(part.dropped))
    addReason(whole.dropped, reason, count, few);
  whole.kept = mergeSamples(whole.kept, part.kept);
  whole.changedSamples = mergeSamples(whole.changedSamples, part.changedSamples);
}

export function addProblems(whole: Record<string, Reason>, problems: readonly Problem[]): void {
  for (const { where, reason, detail } of problems)
    addReason(whole, reason, 1, [{ id: where, text: detail ?? "" }]);
}

function addReason(
  whole: Record<string, Reason>,
  reason: string,
  count: number,
  few: readonly Sample[],
): void {
  const entry = (whole[reason] ??= { count: 0, samples: [] });
  entry.count += count;
  entry.samples = mergeSamples(entry.samples, few);
}

function mergeSamples(a: Sample[], b: readonly Sample[]): Sample[] {
  if (b.length === 0) return a;
  const merged = samples();
  merged.merge(a);
  merged.merge(b);
  return merged.list();
}
