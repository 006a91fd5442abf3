/** `gradbook engine`: engines besides the one that npm install brings. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  installTensorflow,
  isTensorflowInstalled,
  uninstallTensorflow,
} from "../../../lib/engine/tensorflow/install.ts";
import { findTensorflow, tensorflowFolder } from "../../../lib/engine/tensorflow/locate.ts";
import { installXla, uninstallXla, XLA_DEVICES, type XlaDevice } from "../../../lib/engine/xla/install.ts";
import { findPlugins, xlaFolder } from "../../../lib/engine/xla/pjrt/discover.ts";
import { defineCommand } from "../command.ts";
import { columns, UsageError } from "../options.ts";

const probe = (engine: string): string =>
  fileURLToPath(new URL(`../../../lib/engine/${engine}/verify.ts`, import.meta.url));

/** Try an engine in a process of its own: what a fresh program would meet. */
const verify = (engine: string, env: NodeJS.ProcessEnv = process.env): string =>
  execFileSync(process.execPath, [probe(engine)], { encoding: "utf8", env }).trim();

function list(): void {
  const tensorflow = findTensorflow();
  const [xla] = findPlugins();
  console.log(
    columns([
      ["onnx", "ONNX Runtime, comes with npm install (default)"],
      ["tensorflow", tensorflow ? `${tensorflow.name}  ${tensorflow.folder}` : "not installed: gradbook engine install tensorflow"],
      ["xla", xla ?? "not installed: gradbook engine install xla"],
    ]),
  ); // prettier-ignore
}

/** The one device that was asked for; NVIDIA's by default. */
function deviceOf(flags: Partial<Record<XlaDevice, boolean>>): XlaDevice {
  const asked = XLA_DEVICES.filter((device) => flags[device]);
  if (asked.length > 1) throw new UsageError(`expected one device, got --${asked.join(" --")}`);
  return asked[0] ?? "cuda13";
}

function install(name: string, gpu: boolean, device: XlaDevice): void {
  const report = (step: string): void => console.log(`> ${step}`);
  if (name === "tensorflow") {
    console.log(`${isTensorflowInstalled() ? "installing anew" : "installing"} into ${tensorflowFolder()}`);
    installTensorflow({ gpu, report });
    console.log(verify(name));
  } else {
    console.log(`installing into ${xlaFolder()}`);
    const path = installXla(device, report);
    console.log(verify(name, { ...process.env, GRADBOOK_PJRT_PLUGIN: path }));
  }
  console.log(`use it: GRADBOOK_ENGINE=${name}`);
}

const uninstall: Record<string, () => string | undefined> = {
  tensorflow: () => (uninstallTensorflow() ? tensorflowFolder() : undefined),
  xla: () => (uninstallXla() ? xlaFolder() : undefined),
};

export const engine = defineCommand({
  usage:
    "engine install|uninstall tensorflow [--gpu] | engine install|uninstall xla [--cuda13|--cuda12|--rocm|--tpu|--cpu] | engine list",
  summary:
    "Adds an engine in gradbook's cache folder and tries it. xla: a plugin of XLA's from pip, for GPUs and TPUs, tried " +
    "on every operation. tensorflow: the binding of @tensorflow/tfjs-node, built against pip's TensorFlow.",
  details:
    "Then GRADBOOK_ENGINE=xla (or tensorflow) runs everything on it, for instance GRADBOOK_ENGINE=xla gradbook lab.",
  options: {
    gpu: { type: "boolean", description: "tensorflow with NVIDIA's libraries, for a GPU (several GB more)" },
    cuda13: { type: "boolean", description: "xla for NVIDIA GPUs with CUDA 13's libraries (default)" },
    cuda12: { type: "boolean", description: "xla for NVIDIA GPUs with CUDA 12's libraries" },
    rocm: { type: "boolean", description: "xla for AMD GPUs" },
    tpu: { type: "boolean", description: "xla for TPUs" },
    cpu: { type: "boolean", description: "xla on the processor, to try it" },
  },
  async run([action, name, ...rest], flags) {
    if (rest.length > 0) throw new UsageError(`expected one engine, got also ${rest.join(" ")}`);
    if (action === "list") {
      list();
      return 0;
    }
    const known = name !== undefined && Object.hasOwn(uninstall, name);
    if (!known || (action !== "install" && action !== "uninstall"))
      throw new UsageError(`expected install or uninstall with tensorflow or xla, or list, got ${[action, name].filter(Boolean).join(" ") || "nothing"}`); // prettier-ignore
    if (action === "install") install(name, flags.gpu, deviceOf(flags));
    else {
      const removed = uninstall[name]();
      console.log(removed ? `removed ${removed}` : "it was not installed");
    }
    return 0;
  },
});
