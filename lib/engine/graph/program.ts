/** What a lowering makes of a plan: a program that runs. One contract for every lowering (ONNX, XLA). */
import type { Plan } from "./plan.ts";
import type { Known } from "./value.ts";

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
  /** Bring the numbers of an input to where the program wants them, for programs that keep what they are given. */
  place?(data: Known, input: number): Known;
  /** Bytes that a run needs besides its inputs and outputs, where the lowering plans them. */
  temporaryBytes?(): number;
  /** Free the native session. */
  dispose(): void;
}

/** What a lowering may know of a plan's inputs, beyond the plan. */
export interface Hints {
  /** For each input the output that follows it as a variable's value, so that it may lie in the same memory. */
  successors?: readonly (number | undefined)[];
  /** Which inputs are a function's arguments: batches, which several devices share. */
  isArgument?: readonly boolean[];
}

/** How a lowering is asked for a program. */
export interface Lowering {
  (plan: Plan, hints?: Hints): Program;
  /** The devices that programs run on, where there are any besides the processor. */
  devices?(): DeviceFacts;
  /** Should attention be recorded as one operation? */
  fusesAttention?: boolean;
}

/** Devices and the memory of the first one, in bytes where the driver counts them. */
export interface DeviceFacts {
  platform: string;
  /** What the first one is: "NVIDIA H100 80GB HBM3". */
  kind: string;
  /** The most that it can do, floating-point operations per second in the precision in use; undefined where unknown. */
  peak?: number;
  names: string[];
  memory?: { used: number; peak?: number; limit?: number };
}
