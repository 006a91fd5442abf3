/** What a lowering makes of a plan: a program that runs. One contract for every lowering (ONNX, XLA). */
import type { Plan } from "./plan.ts";
import type { Data } from "./value.ts";

export interface Program {
  /**
   * Run once, synchronously.
   *
   * @param inputs the data of `plan.inputs`, in that order
   * @param into memory for the outputs, in the order of `plan.outputs`; allocated where undefined
   * @returns the data of `plan.outputs`; `into[i]` itself where it was given
   */
  run(inputs: readonly Data[], into?: readonly (Data | undefined)[]): Data[];
  /** Free the native session. */
  dispose(): void;
}

/** How a lowering is asked for a program. */
export type Lowering = (plan: Plan) => Program;
