/** Which lowering makes programs of plans: ONNX Runtime, or an XLA plugin. `useEngine` chooses. */
import { createRequire } from "node:module";
import type { DeviceFacts, Lowering } from "./graph/program.ts";
import { onnxProgram } from "./onnx/program.ts";
import type { XlaOptions } from "./xla/program.ts";
import { singleton } from "./singleton.ts";

export type LoweringName = "onnx" | "xla";

const require = createRequire(import.meta.url);
const state = singleton("lowering", () => ({
  current: "onnx" as LoweringName,
  key: "onnx",
  /** XLA's lowerings by what chose them. */
  xla: new Map<string, Lowering>(),
}));

/** Make later programs with this lowering. @throws GradbookError when XLA finds no plugin */
export function chooseLowering(name: LoweringName, options: XlaOptions = {}): void {
  const { mesh, precision = "fp32", attention = "" } = options;
  const key =
    name === "xla"
      ? `xla ${mesh?.data ?? 1}${mesh?.shardParameters ? " sharded" : ""} ${precision} ${attention}`
      : name;
  // Loaded when it is asked for: nobody else needs a foreign function interface.
  if (name === "xla" && !state.xla.has(key))
    state.xla.set(
      key,
      (require("./xla/use.ts") as { openXla(options: XlaOptions): Lowering }).openXla(options),
    );
  Object.assign(state, { current: name, key });
}

/** The lowering that makes programs now. */
export const loweringName = (): LoweringName => state.current;
/** Equal for lowerings whose programs are the same. */
export const loweringKey = (): string => state.key;

/** The devices in use; undefined on the processor. */
export const deviceFacts = (): DeviceFacts | undefined => state.xla.get(state.key)?.devices?.();

/** Does the engine in use compute attention as one operation? */
export const fusesAttention = (): boolean =>
  loweringName() === "xla" && (state.xla.get(state.key)!.fusesAttention ?? false);

/** Makes a program of a plan with the engine in use. */
export const lowerPlanToProgram: Lowering = (plan, hints) =>
  loweringName() === "xla" ? state.xla.get(state.key)!(plan, hints) : onnxProgram(plan);
