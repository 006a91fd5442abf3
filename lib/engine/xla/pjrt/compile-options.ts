/**
 * What the compiler is told, as XLA's CompileOptionsProto: one replica, a partition for each device, flags of this compilation.
 * Without the two counts the process aborts.
 */
import { Message } from "../../onnx/protobuf.ts";

/**
 * With donated buffers the CPU plugin keeps packed weights of the step before and trains silently wrong, unless
 * XNNPACK is off.
 */
const CPU_FLAGS: Readonly<Record<string, boolean>> = { xla_cpu_use_xnnpack: false };

/** Products by cuBLAS, without the search of Triton's autotuner. Neither was measured: how fast each is, and how long that takes. */
const CUDA_FLAGS: Readonly<Record<string, boolean>> = { xla_gpu_enable_triton_gemm: false };
const FLAGS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  cpu: CPU_FLAGS,
  cuda: CUDA_FLAGS,
};

/** Fields of the build options: replicas, partitions, and that Shardy's annotations divide the program. */
const [REPLICAS, PARTITIONS, PARTITIONED, SHARDY] = [4, 5, 6, 19];

/** The encoded options for a platform ("cpu", "cuda", …) and a number of devices. */
export function compileOptions(platform: string, devices = 1): Uint8Array {
  const build = new Message().integer(REPLICAS, 1).integer(PARTITIONS, devices);
  if (devices > 1) build.integer(PARTITIONED, 1).integer(SHARDY, 1);
  const options = new Message().message(3, build);
  for (const [flag, on] of Object.entries(FLAGS[platform] ?? {}))
    options.message(7, new Message().string(1, flag).message(2, new Message().integer(2, Number(on))));
  return options.encode();
}
