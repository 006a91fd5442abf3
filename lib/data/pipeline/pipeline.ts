/**
 * The pipeline: a source, steps, a sink, run chunk by chunk with a report that says what each step did.
 *
 * Documents stream: in memory are a few chunks and what corpus steps remember. With workers, segments of
 * consecutive document steps run on them; order is kept and the result is the same for any number of workers.
 * With a checkpoint directory, the run is cut into epochs of `checkpointEvery` chunks; after each one the sink
 * commits and a checkpoint is written, and the next run with the same pipeline goes on there.
 * Left out: several machines, back-pressure between processes (datatrove's executors).
 */
import { fail } from "../../core/errors.ts";
import { isDrop, type Document } from "../document.ts";
import { fingerprint, loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { showReport } from "./report-display.ts";
import { addProblems, addStepReport, emptyStepReport, stepTally, type PipelineReport } from "./report.ts";
import { guard, runSegment, type Exclusion, type SegmentResult, type Work } from "./segment.ts";
import { planStages, type Stage } from "./stages.ts";
import type { Chunk, Sink, Source, Step } from "./step.ts";
import { mapOrdered, workerPool, type WorkerPool } from "./worker-pool.ts";

export interface RunOptions {
  /** Worker threads. Default 0: everything in the main thread. */
  workers?: number;
  /** Stop at the first record that cannot be read, instead of counting it. Default false. */
  strict?: boolean;
  /** Directory that makes the run restartable. Needs a sink, and no stream step. */
  checkpoint?: string;
  /** Chunks between checkpoints. Default 64. */
  checkpointEvery?: number;
  /** Gets every dropped document, with `dropped: {step, reason, value}` in its metadata. */
  excluded?: Sink;
  /** Called after every chunk with the report so far (the same object each time). */
  onProgress?: (report: PipelineReport) => void;
  signal?: AbortSignal;
}

export interface Pipeline {
  readonly source: Source;
  readonly steps: readonly Step[];
  /**
   * Runs to the end and returns the report.
   * @throws GradbookError when a step fails, a file cannot be read, or, in a strict run, a record cannot
   */
  run(options?: RunOptions): Promise<PipelineReport>;
  /** The surviving documents in memory, with the report: for small sets and tests. A sink still gets them too. */
  collect(options?: RunOptions): Promise<{ documents: Document[]; report: PipelineReport }>;
}

/**
 * Puts a source, any number of steps and, at the end, a sink together. Nothing runs yet.
 *
 * @example
 * const report = await pipeline(
 *   read("pages.warc.gz"), html(), language({ keep: ["en"] }), gopherQuality(), minhash(),
 *   writeJsonl("clean.jsonl"),
 * ).run({ workers: 2 });
 */
export function pipeline(source: Source, ...rest: readonly (Step | Sink)[]): Pipeline {
  if (source?.kind !== "source")
    fail("pipeline", { expected: "a source first, such as read(path)", got: source });
  const last = rest.at(-1);
  const sink = last?.kind === "sink" ? last : undefined;
  const steps = (sink ? rest.slice(0, -1) : rest) as readonly Step[];
  const misplaced = steps.find((step) => !["document", "corpus", "stream"].includes(step.kind));
  if (misplaced)
    fail("pipeline", { expected: "steps between the source and one sink at the end", got: misplaced });

  const run = (options: RunOptions = {}, collected?: Document[]): Promise<PipelineReport> =>
    runPipeline(source, steps, sink, options, collected);
  return {
    source,
    steps,
    run: (options) => run(options),
    async collect(options) {
      const documents: Document[] = [];
      return { report: await run(options, documents), documents };
    },
  };
}

async function runPipeline(
  source: Source,
  steps: readonly Step[],
  sink: Sink | undefined,
  options: RunOptions,
  collected: Document[] | undefined,
): Promise<PipelineReport> {
  const { workers = 0, checkpoint, checkpointEvery = 64, excluded, signal } = options;
  checkOptions(workers, checkpoint, sink, steps);
  const name = checkpoint === undefined ? "" : fingerprint(source, steps);
  const earlier = checkpoint === undefined ? undefined : loadCheckpoint(checkpoint, name);
  const report = earlier?.report ?? emptyReport(source, steps);
  if (report.finished) return showReport(report);

  const corpusSteps = steps.filter((step) => step.kind === "corpus");
  corpusSteps.forEach((step, i) => earlier && step.restore(earlier.states[i]));
  for (const step of [source, ...steps]) await step.load?.();

  const { stages, plans } = planStages(source, steps, workers > 0);
  const pool = workers > 0 && plans.length > 0 ? workerPool(workers, plans) : undefined;
  report.workers = pool ? workers : 0;
  const run = new Run(report, options, pool);
  const secondsBefore = report.seconds;
  const started = performance.now();
  const chunks = source.chunks()[Symbol.asyncIterator]();

  try {
    await sink?.open(earlier?.sink);
    await excluded?.open();
    let done = 0;
    for (const skip = earlier?.chunks ?? 0; done < skip; done++) await chunks.next();
    const counter = { done, ended: false };
    while (!counter.ended) {
      const limit = checkpoint === undefined ? Infinity : counter.done + checkpointEvery;
      for await (const work of run.through(stages, sourceWork(chunks, counter, limit, run))) {
        signal?.throwIfAborted();
        await sink?.write(work.documents);
        for (const document of work.documents) collected?.push(document);
        await run.flushExcluded();
        report.seconds = secondsBefore + (performance.now() - started) / 1000;
        options.onProgress?.(report);
      }
      if (checkpoint !== undefined && !counter.ended) {
        const states = corpusSteps.map((step) => step.save());
        saveCheckpoint(checkpoint, {
          fingerprint: name,
          chunks: counter.done,
          sink: await sink!.commit(),
          states,
          report,
        });
      }
    }
    await sink?.close();
    await excluded?.close();
  } catch (error) {
    await sink?.abort();
    await excluded?.abort();
    throw error;
  } finally {
    await chunks.return?.(undefined);
    await pool?.close();
  }
  report.seconds = secondsBefore + (performance.now() - started) / 1000;
  report.finished = true;
  if (checkpoint !== undefined)
    saveCheckpoint(checkpoint, { fingerprint: name, chunks: 0, sink: undefined, states: [], report });
  return showReport(report);
}

/** The chunks of one epoch as work; counts them and their problems. */
async function* sourceWork(
  chunks: AsyncIterator<Chunk>,
  counter: { done: number; ended: boolean },
  limit: number,
  run: Run,
): AsyncGenerator<Work> {
  while (counter.done < limit) {
    const started = performance.now();
    const next = await chunks.next();
    run.report.steps[0].seconds += (performance.now() - started) / 1000;
    if (next.done) {
      counter.ended = true;
      return;
    }
    counter.done++;
    run.addProblems(next.value.problems ?? []);
    yield { documents: next.value.documents ?? [], raw: next.value.raw };
  }
}

/** What the stages of one run share: the report, the pool, dropped documents on their way to a sink. */
class Run {
  readonly report: PipelineReport;
  readonly #options: RunOptions;
  readonly #pool: WorkerPool | undefined;
  #excluded: Exclusion[] = [];

  constructor(report: PipelineReport, options: RunOptions, pool: WorkerPool | undefined) {
    this.report = report;
    this.#options = options;
    this.#pool = pool;
  }

  through(stages: readonly Stage[], work: AsyncIterable<Work>): AsyncIterable<Work> {
    return stages.reduce((stream, stage) => this.#stage(stage, stream), work);
  }

  addProblems(problems: SegmentResult["problems"]): void {
    if (this.#options.strict && problems.length > 0) {
      const [{ where, reason, detail }] = problems;
      fail(where, {
        expected: "only readable records in a strict run",
        got: detail ? `${reason} (${detail})` : reason,
      });
    }
    addProblems(this.report.problems, problems);
  }

  async flushExcluded(): Promise<void> {
    if (this.#excluded.length === 0) return;
    const documents = this.#excluded.map(({ document, step, drop }) => ({
      ...document,
      metadata: { ...document.metadata, dropped: { step, reason: drop.dropped, value: drop.value ?? null } },
    }));
    this.#excluded = [];
    await this.#options.excluded?.write(documents);
  }

  #stage(stage: Stage, stream: AsyncIterable<Work>): AsyncIterable<Work> {
    if (stage.kind === "segment") return this.#segment(stage, stream);
    return stage.kind === "corpus" ? this.#corpus(stage, stream) : this.#stream(stage, stream);
  }

  async *#segment(
    stage: Extract<Stage, { kind: "segment" }>,
    stream: AsyncIterable<Work>,
  ): AsyncGenerator<Work> {
    const keep = this.#options.excluded !== undefined;
    const { plan } = stage;
    const pool = plan === undefined ? undefined : this.#pool;
    const run = async (work: Work): Promise<SegmentResult> =>
      pool ? pool.run(plan!, work, keep) : runSegment(stage.segment, work, keep);
    for await (const result of mapOrdered(stream, pool ? 2 * pool.size : 1, run)) {
      const [source, ...steps] = this.report.steps;
      if (stage.firstOfRun) {
        source.seconds += result.parseSeconds;
        source.documentsOut += result.parsed.documents;
        source.charactersOut += result.parsed.characters;
      }
      this.addProblems(result.problems);
      result.reports.forEach((part, i) => addStepReport(steps[stage.firstStep + i], part));
      if (stage.segment.prepare)
        steps[stage.firstStep + result.reports.length].seconds += result.prepareSeconds;
      this.#excluded.push(...result.excluded);
      yield result.work;
    }
  }

  async *#corpus(
    stage: Extract<Stage, { kind: "corpus" }>,
    stream: AsyncIterable<Work>,
  ): AsyncGenerator<Work> {
    const { step, index } = stage;
    for await (const { documents, features } of stream) {
      const tally = stepTally(step.name);
      const started = performance.now();
      const out: Document[] = [];
      documents.forEach((document, i) => {
        const verdict = guard(step.name, document, () => step.apply(document, features![i]));
        if (Array.isArray(verdict)) {
          tally.split(document, verdict);
          out.push(...verdict);
        } else if (isDrop(verdict)) {
          tally.drop(document, verdict.dropped, verdict.value);
          if (this.#options.excluded) this.#excluded.push({ document, step: step.name, drop: verdict });
        } else {
          tally.keep(document, verdict);
          out.push(verdict);
        }
      });
      tally.addSeconds((performance.now() - started) / 1000);
      addStepReport(this.report.steps[index + 1], tally.report());
      yield { documents: out };
    }
  }

  async *#stream(
    stage: Extract<Stage, { kind: "stream" }>,
    stream: AsyncIterable<Work>,
  ): AsyncGenerator<Work> {
    const { step, index } = stage;
    const report = this.report.steps[index + 1];
    const tally = stepTally(step.name);
    const started = performance.now();
    async function* arriving(): AsyncGenerator<Document> {
      for await (const { documents } of stream) {
        for (const document of documents) {
          report.documentsIn++;
          report.charactersIn += document.text.length;
          yield document;
        }
      }
    }
    const out = step.run(arriving(), (document, reason, value) => {
      tally.drop(document, reason, value);
      if (this.#options.excluded)
        this.#excluded.push({ document, step: step.name, drop: { dropped: reason, value } });
    });
    let batch: Document[] = [];
    for await (const document of out) {
      report.documentsOut++;
      report.charactersOut += document.text.length;
      batch.push(document);
      if (batch.length < 256) continue;
      yield { documents: batch };
      batch = [];
    }
    // The tally holds the reasons; what came in is counted above, in step with the source.
    addStepReport(report, { ...tally.report(), documentsIn: 0, charactersIn: 0 });
    report.seconds += (performance.now() - started) / 1000;
    yield { documents: batch };
  }
}

function emptyReport(source: Source, steps: readonly Step[]): PipelineReport {
  return {
    steps: [source, ...steps].map(({ name }) => emptyStepReport(name)),
    problems: {},
    seconds: 0,
    workers: 0,
    finished: false,
  };
}

function checkOptions(
  workers: number,
  checkpoint: string | undefined,
  sink: Sink | undefined,
  steps: readonly Step[],
) {
  if (!Number.isInteger(workers) || workers < 0)
    fail("pipeline.run", { expected: "workers: a whole number ≥ 0", got: workers });
  if (checkpoint === undefined) return;
  const stream = steps.find((step) => step.kind === "stream");
  if (stream || !sink)
    fail("pipeline.run", {
      expected: "a sink and only document and corpus steps in a run with a checkpoint",
      got: stream ? `the stream step ${stream.name}` : "no sink",
      hint: "write to disk before the stream step and continue in a second pipeline",
    });
}
