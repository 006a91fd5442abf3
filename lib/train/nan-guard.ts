/**
 * When the loss is no longer a number: back to the last good checkpoint, and on with other data.
 *
 * That is what PaLM's trainers did about spikes of the loss (Chowdhery et al., arXiv 2204.02311, 5.1): they found
 * the same batches harmless from another state of the weights. The settings stay as they are; if it happens again
 * and again, a person has to look.
 */
import { loadTrainingState, loadWeights } from "../checkpoint/load.ts";
import { fail } from "../core/errors.ts";
import type { Trainer } from "./trainer.ts";

export interface NanGuard {
  /** Tell that the run has saved a checkpoint. */
  saved(): void;
  /** Goes back; the step it went back to, or undefined when there is no checkpoint or it has gone back too often. */
  recover(): number | undefined;
  /**
   * @param changed folder of the checkpoint before the last change by hand, if there is one
   * @throws GradbookError that says where it happened and what to do
   */
  giveUp(step: number, changed?: string): never;
}

/** @param most how often it may go back between two checkpoints that differ */
export function nanGuard(trainer: Trainer, checkpoint: string, most: number): NanGuard {
  let hasCheckpoint = false;
  let used = 0;
  return {
    saved() {
      hasCheckpoint = true;
      used = 0;
    },
    recover() {
      if (!hasCheckpoint || used >= most) return undefined;
      used++;
      loadWeights(trainer.model, checkpoint);
      trainer.goBackTo(loadTrainingState(checkpoint)!);
      return trainer.steps;
    },
    giveUp(step, changed) {
      const again = used > 0 ? `, again after going back ${used} times` : "";
      return fail("train", {
        expected: "a loss and a gradient that are numbers",
        got: `NaN or infinity at step ${step}${again}`,
        hint: changed
          ? `go on from ${changed}, saved before the last change by hand`
          : hasCheckpoint
            ? `lower learningRate or clipNorm and go on from ${checkpoint}`
            : "the weights are spoilt: lower learningRate or clipNorm and start again; saveEvery gives a run something to go back to",
      });
    },
  };
}
