/**
 * Where TensorFlow's binding is on this machine: an npm package that installed by itself, or the one that
 * `gradbook engine install tensorflow` built.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../core/cache-folder.ts";

export interface TensorFlowPackage {
  /** `@tensorflow/tfjs-node` or `@tensorflow/tfjs-node-gpu`. */
  readonly name: string;
  readonly folder: string;
  /** The native module. */
  readonly binding: string;
}

/** The folder that `gradbook engine install tensorflow` writes to, and nothing else does. */
export const tensorflowFolder = (): string => join(cacheFolder(), "engines", "tensorflow");

/** The package in a folder, when its native module was built. */
export function packageIn(folder: string): TensorFlowPackage | undefined {
  if (!existsSync(join(folder, "package.json"))) return undefined;
  const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name: string };
  const [binding] = globSync(join(folder, "lib", "napi-v*", "tfjs_binding.node"));
  return binding === undefined ? undefined : { name, folder, binding };
}

function installedByNpm(name: string): TensorFlowPackage | undefined {
  try {
    return packageIn(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)));
  } catch {
    return undefined;
  }
}

/** The binding to use: npm's for GPUs, npm's for CPUs, our own build; undefined when there is none. */
export function findTensorflow(): TensorFlowPackage | undefined {
  return (
    installedByNpm("@tensorflow/tfjs-node-gpu") ??
    installedByNpm("@tensorflow/tfjs-node") ??
    packageIn(join(tensorflowFolder(), "package"))
  );
}
