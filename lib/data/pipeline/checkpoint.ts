/**
 * Where a run can go on after it was stopped: how many chunks are done, what the corpus steps remember, how far
 * the sink is committed, the report so far. Written beside the old one and renamed, so a crash leaves the old
 * checkpoint whole.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { fail } from "../../core/errors.ts";
import type { PipelineReport } from "./report.ts";
import type { Source, Step } from "./step.ts";

export interface Checkpoint {
  /** Names the pipeline: source, steps and settings. */
  fingerprint: string;
  /** Chunks of the source that are through. */
  chunks: number;
  sink: unknown;
  /** One entry per corpus step, in order. */
  states: unknown[];
  report: PipelineReport;
}

const FILE = "pipeline.checkpoint";

/** A name that changes when the source, a step or a setting changes. */
export function fingerprint(source: Source, steps: readonly Step[]): string {
  const parts = [source, ...steps].map(({ name, recipe }) => [name, recipe?.factory, recipe?.settings]);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

export function saveCheckpoint(directory: string, checkpoint: Checkpoint): void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, FILE);
  writeFileSync(`${path}.partial`, serialize(checkpoint), { flush: true });
  renameSync(`${path}.partial`, path);
}

/**
 * The checkpoint of a directory, undefined when there is none.
 *
 * @throws GradbookError when it belongs to another pipeline
 */
export function loadCheckpoint(directory: string, expected: string): Checkpoint | undefined {
  const path = join(directory, FILE);
  if (!existsSync(path)) return undefined;
  const checkpoint = deserialize(readFileSync(path)) as Checkpoint;
  if (checkpoint.fingerprint !== expected)
    fail("pipeline checkpoint", {
      expected: `a checkpoint of this pipeline in ${directory}`,
      got: "one of other steps or settings",
      hint: "remove the directory to start afresh, or give another one",
    });
  return checkpoint;
}
