/** How a tfjs kernel becomes graph nodes: one function from values to values, registered by kernel name. */
import type { Value } from "../graph/value.ts";
import { singleton } from "../singleton.ts";
import { tf } from "../tf.ts";
import { backend, BACKEND_NAME } from "./backend.ts";
import { runOnCpu } from "./fallback.ts";

/** The graph values of a kernel's tensors, by tfjs's input names ("0", "1", … for lists). */
export type Inputs = Record<string, Value>;
/** A kernel's attributes; each recorder knows which ones tfjs passes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Attrs = any;
/** Record a kernel. `undefined` means: this case is not lowered, use the fallback. */
export type Recorder = (inputs: Inputs, attrs: Attrs) => Value | Value[] | undefined;

const isRecordable = (info: tf.TensorInfo): boolean => info.dtype !== "string" && info.dtype !== "complex64";

/** Optional inputs that were not given are undefined or null. */
const given = (inputs: tf.NamedTensorInfoMap): [string, tf.TensorInfo][] =>
  Object.entries(inputs).filter((entry): entry is [string, tf.TensorInfo] => entry[1] != null);

/** Turn a value into what tfjs expects of a kernel. */
export function tensorInfo(value: Value): tf.TensorInfo {
  return { dataId: backend.store(value), shape: [...value.shape], dtype: value.dtype };
}

/** Register recorders under their kernel names. Strings and complex numbers go to the fallback. */
export function registerRecorders(recorders: Readonly<Record<string, Recorder>>): void {
  for (const [kernelName, record] of Object.entries(recorders)) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc({ inputs, attrs }) {
        const present = given(inputs);
        if (present.every(([, info]) => isRecordable(info))) {
          const values = Object.fromEntries(present.map(([key, info]) => [key, backend.value(info)]));
          const recorded = record(values, attrs ?? {});
          if (recorded) return Array.isArray(recorded) ? recorded.map(tensorInfo) : tensorInfo(recorded);
        }
        return runOnCpu(kernelName, inputs, attrs ?? {});
      },
    });
  }
}

/** Kernels without a recorder: they always run on tfjs's CPU backend. */
export const fallbackKernels = singleton("fallbackKernels", () => new Set<string>());

/** Register every kernel that only tfjs's CPU backend has, running there. */
export function registerFallbacks(): void {
  const own = new Set(tf.getKernelsForBackend(BACKEND_NAME).map(({ kernelName }) => kernelName));
  for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
    if (own.has(kernelName)) continue;
    fallbackKernels.add(kernelName);
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: ({ inputs, attrs }) => runOnCpu(kernelName, inputs, attrs ?? {}),
    });
  }
}
