/** `gradbook kernel`: makes the TypeScript kernel known to other Jupyter programs on this machine. */
import { nearest } from "../../../lib/core/errors.ts";
import { installKernelSpec, uninstallKernelSpec } from "../../../kernels/typescript/kernelspec.ts";
import { findKernelSpecs } from "../../kernels/index.ts";
import { defineCommand } from "../command.ts";
import { columns, UsageError } from "../options.ts";

const ACTIONS = ["install", "uninstall", "list"];

export const kernel = defineCommand({
  usage: "kernel install|uninstall|list [--prefix DIR] [--json]",
  summary:
    "Writes the kernelspec of the TypeScript kernel where JupyterLab, VS Code, nbconvert and papermill look for " +
    "kernels; gradbook itself needs no installation of it.",
  options: {
    prefix: {
      type: "string",
      value: "DIR",
      description: "into DIR/share/jupyter, e.g. of a Python environment (default: your own Jupyter folder)",
    },
    json: { type: "boolean", description: "print the kernels as JSON (list)" },
  },
  async run([action, ...rest], { prefix, json }) {
    if (rest.length > 0) throw new UsageError(`expected one action, got also ${rest.join(" ")}`);
    switch (action) {
      case "install":
        console.log(`installed in ${installKernelSpec(prefix ? { prefix } : { user: true })}`);
        return 0;
      case "uninstall":
        console.log(
          uninstallKernelSpec(prefix ? { prefix } : { user: true })
            ? "uninstalled"
            : "it was not installed there",
        );
        return 0;
      case "list":
        printKernels(json);
        return 0;
      default: {
        const near = action && nearest(action, ACTIONS);
        throw new UsageError(
          `expected ${ACTIONS.join(", ")}, got ${action ?? "nothing"}${near ? `; did you mean ${near}?` : ""}`,
        );
      }
    }
  },
});

function printKernels(json: boolean): void {
  const specs = findKernelSpecs((problem) => console.error(problem));
  if (json) console.log(JSON.stringify(specs, null, 2));
  else
    console.log(
      columns(
        specs.map(({ name, displayName, resourceDir }) => [
          name,
          `${displayName}  ${resourceDir ?? "(built in)"}`,
        ]),
      ),
    );
}
