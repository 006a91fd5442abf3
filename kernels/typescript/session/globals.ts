/**
 * What the user thread's global scope offers: the hidden `__kernel` of rewritten code, the notebook host,
 * and the few names that scripts expect.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { NotebookHost } from "../../../lib/notebook/host.ts";
import type { Bindings } from "./bindings.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Input } from "./input.ts";
import type { Interrupts } from "./interrupt.ts";
import { importFromCell } from "./loader.ts";
import { makeMagics } from "./magics.ts";

export function notebookGlobals(
  folder: string,
  evaluator: Evaluator,
  interrupts: Interrupts,
  input: Input,
  bindings: Bindings,
  host: NotebookHost,
): void {
  const file = path.join(folder, "cell.ts");
  const url = pathToFileURL(file).href;
  const kernel = {
    await: interrupts.guard,
    each: interrupts.guardEach,
    import: importFromCell,
    result: evaluator.result,
    start: evaluator.start,
    read: evaluator.take,
    expectBinding: bindings.expect,
    magics: makeMagics(host, interrupts),
    /** import.meta of a cell. */
    meta: {
      dirname: folder,
      filename: file,
      url,
      main: false,
      resolve: (specifier: string) => import.meta.resolve(specifier, url),
    },
  };
  const define = (name: string | symbol, value: unknown, enumerable = false) =>
    Object.defineProperty(globalThis, name, { value, enumerable, writable: true, configurable: true });
  define("__kernel", Object.freeze(kernel));
  define(Symbol.for("gradbook.notebook"), host);
  define("require", createRequire(file), true);
  define("prompt", input.prompt, true);
}
