/**
 * One line of development of a run: its folder, its log, and what is remembered about it. A rewind leaves the branch
 * where it is and opens the next one beside it.
 */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { TrainingState } from "../checkpoint/save.ts";
import { bestSoFar, type BestSoFar } from "./best-so-far.ts";
import { nanGuard, type NanGuard } from "./nan-guard.ts";
import { openRunLog, type RunLog } from "./run-log.ts";
import type { Trainer } from "./trainer.ts";

export interface Branch {
  id: string;
  directory: string;
  parent: TrainingState["parent"];
  log: RunLog;
  lowest: BestSoFar;
  guard: NanGuard;
  /** Folders of the checkpoints. */
  checkpoint: string;
  best: string;
  averaged: string;
}

/** Opens the log in `directory`, which is made if missing. */
export function openBranch(
  trainer: Trainer,
  {
    id,
    directory,
    parent,
    tensorboard,
    writes = true,
  }: Pick<Branch, "id" | "directory" | "parent"> & { tensorboard?: boolean; writes?: boolean },
): Branch {
  const checkpoint = join(directory, "checkpoint");
  return {
    id,
    directory,
    parent,
    log: writes ? openRunLog(directory, { tensorboard }) : { write: () => undefined, close: () => undefined },
    lowest: bestSoFar(),
    guard: nanGuard(trainer, checkpoint, trainer.settings.recoveries),
    checkpoint,
    best: join(directory, "best"),
    averaged: join(directory, "averaged"),
  };
}

/** The first folder beside `directory` that does not exist: `NAME-fork-1`, `NAME-fork-2`, … */
export function forkDirectory(directory: string): string {
  const root = basename(directory).replace(/-fork-\d+$/, "");
  for (let n = 1; ; n++) {
    const folder = join(dirname(directory), `${root}-fork-${n}`);
    if (!existsSync(folder)) return folder;
  }
}
