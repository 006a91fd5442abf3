/** Which lowering makes programs of plans: ONNX Runtime, or an XLA plugin. `useEngine` chooses. */
import { createRequire } from "node:module";
import type { Lowering } from "./graph/program.ts";
import { onnxProgram } from "./onnx/program.ts";
import { singleton } from "./singleton.ts";

export type LoweringName = "onnx" | "xla";

const require = createRequire(import.meta.url);
const state = singleton("lowering", () => ({
  current: "onnx" as LoweringName,
  xla: undefined as Lowering | undefined,
}));

/** Make later programs with this lowering. @throws GradbookError when XLA finds no plugin */
export function chooseLowering(name: LoweringName): void {
  // Loaded when it is asked for: nobody else needs a foreign function interface.
  if (name === "xla") state.xla ??= (require("./xla/use.ts") as { openXla(): Lowering }).openXla();
  state.current = name;
}

/** The lowering that makes programs now. */
export const loweringName = (): LoweringName => state.current;

/** Makes a program of a plan with the engine in use. */
export const lowerPlanToProgram: Lowering = (plan, successors) =>
  loweringName() === "xla" ? state.xla!(plan, successors) : onnxProgram(plan);
