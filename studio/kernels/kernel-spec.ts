/**
 * Which kernels this machine has: the TypeScript kernel of this package, always, and whatever is
 * installed on Jupyter's data paths.
 *
 * Source: "Making kernels for Jupyter" (kernel.json) and jupyter_core's path rules.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { kernelSpec as typescriptKernelSpec } from "../../kernels/typescript/kernelspec.ts";
import { jupyterDataPaths } from "./jupyter-paths.ts";

export interface KernelSpec {
  /** Folder name of the spec, lower case: how notebooks and the REST API refer to it. */
  name: string;
  displayName: string;
  language: string;
  /** Command line; `{connection_file}` and `{resource_dir}` are filled in at start. */
  argv: string[];
  env: Record<string, string>;
  /** How a running cell is stopped: SIGINT to the process, or an `interrupt_request` message. */
  interruptMode: "signal" | "message";
  /** Folder with kernel.json and the logos. */
  resourceDir?: string;
  metadata: Record<string, unknown>;
}

/** The part of kernel.json that is read. */
interface KernelJson {
  argv: string[];
  display_name: string;
  language: string;
  interrupt_mode?: "signal" | "message";
  env?: Record<string, string>;
  metadata?: Record<string, unknown>;
}

/** The spec of our own kernel, which needs no installation. */
export function builtInKernelSpec(): KernelSpec {
  const resourceDir = fileURLToPath(new URL("../../kernels/typescript", import.meta.url));
  return { ...fromKernelJson("gradbook", typescriptKernelSpec()), resourceDir };
}

/**
 * All kernels, ours first, then by the order of Jupyter's data paths; the first of a name wins.
 *
 * @param onProblem hears of each kernel.json that cannot be used, with the reason; the rest still loads.
 */
export function findKernelSpecs(onProblem: (sentence: string) => void = () => {}): KernelSpec[] {
  const specs = new Map<string, KernelSpec>([["gradbook", builtInKernelSpec()]]);
  for (const folder of jupyterDataPaths().map((data) => path.join(data, "kernels"))) {
    for (const name of listFolders(folder)) {
      const key = name.toLowerCase();
      if (specs.has(key)) continue;
      const resourceDir = path.join(folder, name);
      try {
        specs.set(key, readKernelSpec(key, resourceDir));
      } catch (error) {
        onProblem(`kernel "${name}" in ${resourceDir} is left out: ${(error as Error).message}`);
      }
    }
  }
  return [...specs.values()];
}

function readKernelSpec(name: string, resourceDir: string): KernelSpec {
  const json = JSON.parse(readFileSync(path.join(resourceDir, "kernel.json"), "utf8")) as KernelJson;
  if (!Array.isArray(json.argv) || json.argv.length === 0) throw new Error("kernel.json has no argv");
  const argv = [programOf(json.argv[0], resourceDir), ...json.argv.slice(1)];
  return { ...fromKernelJson(name, { ...json, argv }), resourceDir };
}

/**
 * A spec in PREFIX/share/jupyter/kernels that says just `python` means the one in PREFIX/bin, whatever PATH
 * says: its packages are there.
 */
function programOf(command: string, resourceDir: string): string {
  if (/[\\/]/.test(command)) return command;
  const folder = process.platform === "win32" ? "Scripts" : "bin";
  const beside = path.resolve(resourceDir, "../../../..", folder, command);
  return existsSync(beside) ? beside : command;
}

function fromKernelJson(name: string, json: KernelJson): KernelSpec {
  return {
    name,
    displayName: json.display_name ?? name,
    language: json.language ?? "",
    argv: json.argv,
    env: json.env ?? {},
    interruptMode: json.interrupt_mode ?? "signal",
    metadata: json.metadata ?? {},
  };
}

function listFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name);
  } catch {
    return []; // Most of the paths do not exist on most machines.
  }
}
