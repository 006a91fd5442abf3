/**
 * The thread that runs segments. It makes the steps afresh from their recipes (functions do not cross threads)
 * and answers each chunk with its result. Started by worker-pool.ts.
 */
import { parentPort, workerData } from "node:worker_threads";
import { runSegment, type Segment, type Work } from "./segment.ts";
import type { CorpusStep, DocumentStep, Recipe, Source } from "./step.ts";

/** A segment as recipes. */
export interface SegmentPlan {
  source?: Recipe;
  steps: Recipe[];
  prepare?: Recipe;
}

export interface WorkerTask {
  task: number;
  segment: number;
  work: Work;
  keepExcluded: boolean;
}

async function make<T extends { load?(): Promise<void> }>({ module, factory, settings }: Recipe): Promise<T> {
  const exports = (await import(module)) as Record<string, (settings: unknown) => T>;
  const made = exports[factory](settings);
  await made.load?.();
  return made;
}

async function build(plan: SegmentPlan): Promise<Segment> {
  const source = plan.source && (await make<Source>(plan.source));
  const steps: DocumentStep[] = [];
  for (const recipe of plan.steps) steps.push(await make<DocumentStep>(recipe));
  return {
    parse: source?.parse?.bind(source),
    steps,
    prepare: plan.prepare && (await make<CorpusStep>(plan.prepare)),
  };
}

if (parentPort) {
  const port = parentPort;
  const segments = Promise.all((workerData.plans as SegmentPlan[]).map(build));
  port.on("message", ({ task, segment, work, keepExcluded }: WorkerTask) => {
    segments
      .then((built) => port.postMessage({ task, result: runSegment(built[segment], work, keepExcluded) }))
      .catch((error: unknown) => port.postMessage({ task, error }));
  });
}
