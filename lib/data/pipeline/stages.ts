/** Cuts a list of steps into stages: segments for workers or the main thread, corpus steps, stream steps. */
import type { Segment } from "./segment.ts";
import type { CorpusStep, DocumentStep, Source, Step, StreamStep } from "./step.ts";
import type { SegmentPlan } from "./worker.ts";

export type Stage =
  | {
      kind: "segment";
      segment: Segment;
      /** Index of its first step among all steps. */
      firstStep: number;
      /** The first segment of all counts what the source parsed. */
      firstOfRun: boolean;
      /** Its place in the workers' list of plans; undefined: it runs in the main thread. */
      plan?: number;
    }
  | { kind: "corpus"; step: CorpusStep; index: number }
  | { kind: "stream"; step: StreamStep; index: number };

export function planStages(
  source: Source,
  steps: readonly Step[],
  withWorkers: boolean,
): { stages: Stage[]; plans: SegmentPlan[] } {
  const stages: Stage[] = [];
  const plans: SegmentPlan[] = [];
  let group: DocumentStep[] = [];
  let groupStart = 0;

  function endGroup(end: number, prepare?: CorpusStep): void {
    const firstOfRun = stages.length === 0;
    const parse = firstOfRun ? source.parse?.bind(source) : undefined;
    if (group.length > 0 || prepare || firstOfRun) {
      const segment: Segment = { parse, steps: group, prepare };
      const stage: Stage = { kind: "segment", segment, firstStep: groupStart, firstOfRun };
      const recipes = [...(parse ? [source] : []), ...group, ...(prepare ? [prepare] : [])].map(
        ({ recipe }) => recipe,
      );
      if (withWorkers && recipes.length > 0 && recipes.every((recipe) => recipe !== undefined)) {
        stage.plan = plans.length;
        plans.push({
          source: parse ? source.recipe : undefined,
          steps: group.map(({ recipe }) => recipe!),
          prepare: prepare?.recipe,
        });
      }
      stages.push(stage);
    }
    group = [];
    groupStart = end;
  }

  steps.forEach((step, index) => {
    if (step.kind === "document") {
      // A step with a function of the user's stays here; it must not hold its neighbours here too.
      const sameHome = group.length === 0 || (group[0].recipe === undefined) === (step.recipe === undefined);
      if (withWorkers && !sameHome) endGroup(index);
      if (group.length === 0) groupStart = index;
      group.push(step);
    } else if (step.kind === "corpus") {
      if (withWorkers && group.length > 0 && group[0].recipe === undefined) endGroup(index);
      if (group.length === 0) groupStart = index;
      endGroup(index + 1, step);
      stages.push({ kind: "corpus", step, index });
    } else {
      endGroup(index + 1);
      stages.push({ kind: "stream", step, index });
    }
  });
  endGroup(steps.length);
  return { stages, plans };
}
