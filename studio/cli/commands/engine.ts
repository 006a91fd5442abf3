/** `gradbook engine`: engines besides the one that npm install brings. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  installTensorflow,
  isTensorflowInstalled,
  uninstallTensorflow,
} from "../../../lib/engine/tensorflow/install.ts";
import { findTensorflow, tensorflowFolder } from "../../../lib/engine/tensorflow/locate.ts";
import { defineCommand } from "../command.ts";
import { columns, UsageError } from "../options.ts";

const PROBE = fileURLToPath(new URL("../../../lib/engine/tensorflow/verify.ts", import.meta.url));

/** Multiply matrices in a process of its own: what a fresh program would meet. */
function verify(): string {
  return execFileSync(process.execPath, [PROBE], { encoding: "utf8" }).trim();
}

export const engine = defineCommand({
  usage: "engine install|uninstall tensorflow [--gpu] | engine list",
  summary:
    "Adds TensorFlow as an engine: builds the binding of @tensorflow/tfjs-node against pip's TensorFlow, in gradbook's " +
    "cache folder, and tries it on a matrix product.",
  details:
    "Then GRADBOOK_ENGINE=tensorflow runs everything on it, for instance GRADBOOK_ENGINE=tensorflow gradbook lab.",
  options: {
    gpu: { type: "boolean", description: "with NVIDIA's libraries, for a GPU (several GB more)" },
  },
  async run([action, name, ...rest], { gpu }) {
    if (rest.length > 0) throw new UsageError(`expected one engine, got also ${rest.join(" ")}`);
    if (action === "list") {
      const found = findTensorflow();
      console.log(
        columns([
          ["onnx", "ONNX Runtime, comes with npm install (default)"],
          ["tensorflow", found ? `${found.name}  ${found.folder}` : "not installed: gradbook engine install tensorflow"],
        ]),
      ); // prettier-ignore
      return 0;
    }
    if (name !== "tensorflow" || (action !== "install" && action !== "uninstall"))
      throw new UsageError(`expected install tensorflow, uninstall tensorflow or list, got ${[action, name].filter(Boolean).join(" ") || "nothing"}`); // prettier-ignore
    if (action === "uninstall") {
      console.log(uninstallTensorflow() ? `removed ${tensorflowFolder()}` : "it was not installed");
      return 0;
    }
    console.log(`${isTensorflowInstalled() ? "installing anew" : "installing"} into ${tensorflowFolder()}`);
    installTensorflow({ gpu, report: (step) => console.log(`> ${step}`) });
    console.log(`${verify()}\nuse it: GRADBOOK_ENGINE=tensorflow`);
    return 0;
  },
});
