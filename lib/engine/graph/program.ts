/** What a lowering makes of a plan: a program that runs. One contract for every lowering (ONNX, XLA). */
import type { Plan } from "./plan.ts";
import type { Known, OutputType } from "./value.ts";

export interface Program {
  /**
   * Run once. Results on a device may still be under way afterwards.
   *
   * @param inputs the data of `plan.inputs`, in that order
   * @param into memory for the outputs, in the order of `plan.outputs`; allocated where undefined
   * @param spent inputs whose memory the program may take over; they are gone afterwards
   * @returns the data of `plan.outputs`; `into[i]` itself where it was given and can be used
   */
  run(inputs: readonly Known[], into?: readonly (Known | undefined)[], spent?: readonly boolean[]): Known[];
  /** Bring numbers to where the program wants them, for programs that keep what they are given. */
  place?(data: Known, type: OutputType): Known;
  /** Free the native session. */
  dispose(): void;
}

/**
 * How a lowering is asked for a program. `successors[i]` is the output that follows input i as a variable's value, so
 * that it may lie in the same memory.
 */
export type Lowering = (plan: Plan, successors?: readonly (number | undefined)[]) => Program;
