/**
 * Building @tensorflow/tfjs-node's binding against pip's TensorFlow, into a folder of its own.
 *
 * The npm package's own installation downloads TensorFlow 2.9 or older and has no build for today's CUDA; pip's
 * TensorFlow is current, and its headers and libraries are what the binding needs. Needs Python with venv, a C++
 * compiler and make.
 */
import { existsSync, globSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fail } from "../../core/errors.ts";
import { installStep } from "../install-step.ts";
import { tensorflowFolder } from "./locate.ts";

const BINDING = "@tensorflow/tfjs-node@4.22.0";
/** What the binding's JavaScript and its build need besides tfjs. */
const NPM_PACKAGES = ["google-protobuf@3.21.4", "node-gyp@11.5.0"];
const TENSORFLOW_VERSION = "2.21.0";

export interface InstallOptions {
  /** TensorFlow with NVIDIA's libraries (`tensorflow[and-cuda]`). */
  gpu?: boolean;
  /** Told about each step, as a command line. */
  report?: (step: string) => void;
}

/** Is there something that `uninstallTensorflow` would remove? */
export const isTensorflowInstalled = (): boolean => existsSync(tensorflowFolder());

/** Remove everything the installation wrote. Returns false when there was nothing. */
export function uninstallTensorflow(): boolean {
  const there = isTensorflowInstalled();
  rmSync(tensorflowFolder(), { recursive: true, force: true });
  return there;
}

/** Where the headers of the running Node are: beside it, in the npm package `node`, or the system's. */
function nodeHeaders(): string | undefined {
  const packaged = (): string[] => {
    try {
      const found = createRequire(import.meta.url).resolve("node/package.json");
      return globSync(join(dirname(found), "node_modules", "node-*"));
    } catch {
      return [];
    }
  };
  const places = [dirname(dirname(process.execPath)), ...packaged(), "/usr/local", "/usr"];
  return places.find((place) => existsSync(join(place, "include", "node", "node_api.h")));
}

/** One step of this installation. */
const run = (report: (step: string) => void, cwd: string, command: string, ...args: string[]): string =>
  installStep({ where: "engine install tensorflow", hint: "it needs Python 3 with venv, a C++ compiler and make", report, cwd }, command, ...args); // prettier-ignore

/** TensorFlow without the Python packages that only its Python half imports, and where its files are. */
function installPip(report: (step: string) => void, folder: string, gpu: boolean): string {
  run(report, folder, "python3", "-m", "venv", "venv");
  const python = join(folder, "venv", "bin", "python");
  // With NVIDIA's libraries pip has to look at the dependencies; without, they are half of the download.
  const wanted = gpu ? [`tensorflow[and-cuda]==${TENSORFLOW_VERSION}`] : ["--no-deps", `tensorflow-cpu==${TENSORFLOW_VERSION}`]; // prettier-ignore
  run(report, folder, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...wanted);
  const site = run(report, folder, python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))");
  return join(site, "tensorflow");
}

/** `deps/include` and `deps/lib` of the binding, as links into pip's TensorFlow. */
function link(tensorflow: string, deps: string): void {
  mkdirSync(join(deps, "lib"), { recursive: true });
  symlinkSync(join(tensorflow, "include"), join(deps, "include"));
  const [library, framework] = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
  for (const [target, name] of [
    [library, "libtensorflow.so"],
    [framework, "libtensorflow_framework.so"],
    [library, library],
    [framework, framework],
  ])
    symlinkSync(join(tensorflow, target), join(deps, "lib", name));
}

/**
 * Install TensorFlow and build the binding; replaces an earlier installation.
 * @throws GradbookError with the failing step's output; nothing is left behind then
 */
export function installTensorflow({ gpu = false, report = () => undefined }: InstallOptions = {}): void {
  if (process.platform !== "linux")
    fail("engine install tensorflow", { expected: "Linux", got: process.platform, hint: "npm install @tensorflow/tfjs-node brings TensorFlow's older builds" }); // prettier-ignore
  const folder = tensorflowFolder();
  uninstallTensorflow();
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, "package.json"), "{}\n");
    run(report, folder, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", ...NPM_PACKAGES);
    run(report, folder, "npm", "pack", "--silent", BINDING);
    run(report, folder, "tar", "-xzf", globSync(join(folder, "*.tgz"))[0]);
    const bindingFolder = join(folder, "package");
    link(installPip(report, folder, gpu), join(bindingFolder, "deps"));
    const headers = nodeHeaders();
    run(
      report,
      bindingFolder,
      process.execPath,
      join(folder, "node_modules", "node-gyp", "bin", "node-gyp.js"),
      "rebuild",
      ...(headers ? [`--nodedir=${headers}`] : []),
      "--module_name=tfjs_binding",
      `--module_path=${join(bindingFolder, "lib", "napi-v8")}`,
      "--napi_build_version=8",
    );
  } catch (problem) {
    uninstallTensorflow();
    throw problem;
  }
}
