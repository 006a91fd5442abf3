/**
 * Cell magics: the few that people know from other kernels.
 *
 *   %%html, %%markdown, %%latex, %%svg, %%javascript   the rest of the cell is shown as such
 *   %%bash                                             the rest of the cell runs in bash
 *   %time, %%time                                      the cell runs and its time is printed
 *   %who, %reset, %load FILE, %help                    alone on the first line
 *   name?                                              what a name is, in the pager
 *
 * A magic becomes TypeScript that calls the kernel, with every line where it was.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

export interface Expanded {
  /** The user's own TypeScript: what is committed and checked. */
  source: string;
  /** What runs: `source`, or a call of the kernel. */
  code: string;
  timed: boolean;
  payload: Record<string, unknown>[];
}

export interface MagicContext {
  folder: string;
  /** Names that cells have declared. */
  names: () => string[];
  /** Type and documentation of a name. */
  describe: (name: string) => string | undefined;
}

const SHOWN: Record<string, string> = {
  html: "text/html",
  markdown: "text/markdown",
  latex: "text/latex",
  svg: "image/svg+xml",
  javascript: "application/javascript",
};

const HELP = `Cells are TypeScript: top-level await, imports, types, and the last expression is shown.

%%time            run the cell and print wall time, CPU time and memory
%%html, %%markdown, %%latex, %%svg, %%javascript
                  show the rest of the cell as such
%%bash            run the rest of the cell in bash
%who              the names that cells have declared
%reset            forget their values
%load FILE        put a file's text into the cell
NAME?             what a name is
%help             this text`;

/** @throws Error for a magic that does not exist or a file that cannot be read */
export function expandMagics(cell: string, context: MagicContext): Expanded {
  const plain = { source: cell, code: cell, timed: false, payload: [] };
  const asked = /^\s*([\w$]+(?:\.[\w$]+)*)\?\s*$/.exec(cell);
  if (asked) return { ...EMPTY, payload: [page(context.describe(asked[1]) ?? `${asked[1]} is not known.`)] };
  const match = /^(\s*)(%%?)(\w+)[^\S\n]*(.*)/.exec(cell);
  if (!match) return plain;
  const [line, space, percents, name, argument] = match;
  const rest = cell.slice(line.length);
  if (name === "time") {
    const source = `${space}${argument}${rest}`;
    return { ...plain, source, code: source, timed: true };
  }
  if (percents === "%%") {
    const body = JSON.stringify(rest.replace(/^\n/, ""));
    if (name === "bash") return { ...EMPTY, code: `await __kernel.magics.bash(${body}); void 0` };
    if (name in SHOWN) {
      return { ...EMPTY, code: `__kernel.magics.show(${JSON.stringify(SHOWN[name])}, ${body}); void 0` };
    }
  } else if (rest.trim() === "") {
    const names = context.names();
    if (name === "help") return { ...EMPTY, payload: [page(HELP)] };
    if (name === "load")
      return { ...EMPTY, payload: [nextInput(path.resolve(context.folder, argument.trim()))] };
    if (name === "who") {
      const values = names.map((known) => `${known}: () => ${known}`).join(", ");
      return { ...EMPTY, code: `__kernel.magics.who({ ${values} }); void 0` };
    }
    if (name === "reset") return { ...EMPTY, code: names.map((known) => `${known} = undefined;`).join(" ") };
  }
  throw new Error(`magic ${percents}${name}: expected one of those that %help lists, got an unknown one`);
}

const EMPTY: Expanded = { source: "", code: "", timed: false, payload: [] };

const page = (text: string) => ({ source: "page", data: { "text/plain": text }, start: 0 });

const nextInput = (file: string) => ({
  source: "set_next_input",
  text: readFileSync(file, "utf8"),
  replace: true,
});
