/**
 * TensorFlow as tfjs's backend: the binding of @tensorflow/tfjs-node(-gpu) under our own copy of tfjs.
 *
 * The package's main module is left aside: it looks for its own copy of tfjs and for packages that only its
 * installation needs.
 */
import { realpathSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fail } from "../../core/errors.ts";
import { tf } from "../tf.ts";
import { threads } from "../threads.ts";
import { findTensorflow, type TensorFlowPackage } from "./locate.ts";

export const TENSORFLOW = "tensorflow";
/** Below the recording backend's: it is used when it is asked for. */
const PRIORITY = 3;

interface Binding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

interface NodeBackend extends tf.KernelBackend {
  readonly binding: Binding;
}

/** The package's modules get tfjs from where we get it: a second copy would have tensors of its own. */
function shareTfjs(folder: string): void {
  const inside = pathToFileURL(join(realpathSync(folder), "/")).href;
  const { resolve } = createRequire(import.meta.url);
  registerHooks({
    resolve: (specifier, context, next) =>
      context.parentURL?.startsWith(inside) && specifier.startsWith("@tensorflow/")
        ? { url: pathToFileURL(resolve(specifier)).href, format: "commonjs", shortCircuit: true }
        : next(specifier, context),
  });
}

/** Functions of Node's that the package (2024) still calls and Node 23 took away. */
function restoreUtil(): void {
  const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value == null;
  util.isArray = Array.isArray; // Node 24 still has it, with a warning
}

function register({ name, folder, binding }: TensorFlowPackage): void {
  shareTfjs(folder);
  restoreUtil();
  const require = createRequire(join(folder, "package.json"));
  // TensorFlow reads these when it is loaded; it would take all threads and talk about its own version.
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads());
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  require("./dist/register_all_kernels.js");
  const { NodeJSKernelBackend } = require("./dist/nodejs_kernel_backend.js") as {
    NodeJSKernelBackend: new (binding: Binding, name: string) => NodeBackend;
  };
  const native = require(binding) as Binding;
  tf.registerBackend(TENSORFLOW, () => new NodeJSKernelBackend(native, name), PRIORITY);
}

/**
 * Make TensorFlow known to tfjs, once.
 * @throws GradbookError when it is not installed, saying the command that installs it
 */
export function loadTensorflow(): void {
  if (tf.findBackendFactory(TENSORFLOW)) return;
  const found = findTensorflow();
  if (!found)
    fail("engine tensorflow", {
      expected: "TensorFlow's binding",
      got: "none on this machine",
      hint: "run: gradbook engine install tensorflow (with --gpu for an NVIDIA GPU)",
    });
  register(found);
}

/** Version and device of the loaded TensorFlow. */
export function tensorflowFacts(): { version: string; device: "CPU" | "GPU" } {
  loadTensorflow();
  const { binding } = tf.findBackend(TENSORFLOW) as NodeBackend;
  return { version: binding.TF_Version, device: binding.isUsingGpuDevice() ? "GPU" : "CPU" };
}
