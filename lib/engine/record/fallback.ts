/**
 * Kernels without a lowering run on tfjs's own CPU backend: slow, but right. Each use is counted.
 *
 * The inputs are computed and handed over, the results come back as known values. Strings and complex numbers
 * exist only here.
 */
import "@tensorflow/tfjs-backend-cpu";
import { fail, GradbookError } from "../../core/errors.ts";
import { engineStats } from "../stats.ts";
import { tf } from "../tf.ts";
import { backend } from "./backend.ts";

interface CpuData {
  values?: tf.BackendValues;
  complexTensorInfos?: { real: tf.TensorInfo; imag: tf.TensorInfo };
}
interface CpuBackend extends tf.KernelBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: tf.BackendValues): tf.TensorInfo;
  data: { get(id: tf.DataId): CpuData };
  firstUse: boolean;
}

function cpu(): CpuBackend {
  const found = tf.findBackend("cpu") as CpuBackend;
  found.firstUse = false; // or it prints an advertisement
  return found;
}

/** The inputs of a kernel, computed; while a function is traced that is possible for constants only. */
function readInputs<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!backend.trace) throw cause;
    return fail(`compile ${backend.trace.name}`, {
      expected: "operations that can be compiled",
      got: `${name}, which only runs on tfjs's CPU kernels`,
      hint: "call it outside the compiled function",
      cause,
    });
  }
}

function toCpu(info: tf.TensorInfo): tf.TensorInfo {
  const { complex } = backend.entry(info.dataId);
  // Some of tfjs's kernels look at the rank of what they call an info.
  const rank = info.shape.length;
  if (!complex) return Object.assign(cpu().makeTensorInfo(info.shape, info.dtype, backend.readSync(info.dataId)), { rank }); // prettier-ignore
  const kernel = tf.getKernel("Complex", "cpu").kernelFunc;
  const inputs = { real: toCpu(complex.real), imag: toCpu(complex.imag) };
  const made = kernel({ inputs, backend: cpu(), attrs: {} }) as tf.TensorInfo;
  cpu().disposeData(inputs.real.dataId);
  cpu().disposeData(inputs.imag.dataId);
  return made;
}

function fromCpu(info: tf.TensorInfo): tf.TensorInfo {
  const { values, complexTensorInfos: complex } = cpu().data.get(info.dataId);
  const { shape, dtype } = info;
  if (complex)
    return { dataId: backend.storeComplex(fromCpu(complex.real), fromCpu(complex.imag)), shape, dtype };
  return { dataId: backend.write(values ?? null, shape, dtype), shape, dtype };
}

type AnyInputs = Record<string, tf.TensorInfo | tf.TensorInfo[] | undefined>;

/** Run a kernel on tfjs's CPU backend. @throws GradbookError inside compile(), where nothing can be computed */
export function runOnCpu(name: string, inputs: AnyInputs, attrs: object): tf.TensorInfo | tf.TensorInfo[] {
  const config = tf.getKernel(name, "cpu");
  if (!config) throw new GradbookError("engine", `tfjs has no kernel ${name} for its cpu backend`);
  const owned: tf.TensorInfo[] = [];
  const hand = (info: tf.TensorInfo): tf.TensorInfo => {
    const copy = toCpu(info);
    owned.push(copy);
    return copy;
  };
  const handed = readInputs(name, () =>
    Array.isArray(inputs)
      ? inputs.map(hand)
      : Object.fromEntries(
          Object.entries(inputs).map(([key, value]) => [key, Array.isArray(value) ? value.map(hand) : value && hand(value)]), // prettier-ignore
        ),
  );
  engineStats.fallbacks[name] = (engineStats.fallbacks[name] ?? 0) + 1;
  const made = config.kernelFunc({
    inputs: handed as tf.NamedTensorInfoMap,
    backend: cpu(),
    attrs: attrs as tf.NamedAttrMap,
  });
  const results = Array.isArray(made) ? made.map(fromCpu) : fromCpu(made);
  for (const info of [...owned, ...(Array.isArray(made) ? made : [made])])
    cpu().disposeData(info.dataId, true);
  return results;
}
