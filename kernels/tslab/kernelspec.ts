/** The kernelspec of the stock tslab package (an optional dependency): a second TypeScript kernel. */
import { createRequire } from "node:module";
import path from "node:path";
import { fail } from "../../lib/core/errors.ts";
import { nodeBinary, type KernelJson } from "../typescript/kernelspec.ts";

/** @throws GradbookError when tslab is not installed */
export function tslabKernelSpec(): KernelJson {
  let folder: string;
  try {
    folder = path.dirname(createRequire(import.meta.url).resolve("tslab/package.json"));
  } catch (cause) {
    fail("tslab kernel", { expected: "the package tslab", hint: "npm install tslab", cause });
  }
  return {
    argv: [
      // The Node of this package can load the library's TypeScript through require().
      nodeBinary(),
      "--import",
      new URL("adapter.ts", import.meta.url).href,
      path.join(folder, "bin", "tslab"),
      "kernel",
      "--config-path={connection_file}",
    ],
    display_name: "TypeScript (tslab)",
    language: "typescript",
    interrupt_mode: "signal",
    env: {},
    metadata: {},
  };
}
