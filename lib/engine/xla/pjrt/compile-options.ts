/**
 * What the compiler is told, as XLA's CompileOptionsProto: one replica, one partition, flags of this compilation.
 * Without the two counts the process aborts.
 */
import { Message } from "../../onnx/protobuf.ts";

/**
 * With donated buffers the CPU plugin keeps packed weights of the step before and trains silently wrong, unless
 * XNNPACK is off.
 */
const CPU_FLAGS: Readonly<Record<string, boolean>> = { xla_cpu_use_xnnpack: false };

/** The encoded options for a platform ("cpu", "cuda", …). */
export function compileOptions(platform: string): Uint8Array {
  const options = new Message().message(3, new Message().integer(4, 1).integer(5, 1));
  for (const [flag, on] of Object.entries(platform === "cpu" ? CPU_FLAGS : {}))
    options.message(7, new Message().string(1, flag).message(2, new Message().integer(2, Number(on))));
  return options.encode();
}
