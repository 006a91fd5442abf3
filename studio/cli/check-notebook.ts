/**
 * The type errors of a notebook's cells, found without running it: the same modules, options and messages as in
 * the kernel, where a cell knows the names of those before it.
 */
import { dirname, resolve } from "node:path";
import { Cells } from "../../kernels/typescript/language/cells.ts";
import { typeProblems } from "../../kernels/typescript/language/check.ts";
import { expandMagics } from "../../kernels/typescript/language/magics.ts";
import { rewriteCell } from "../../kernels/typescript/language/rewrite-cell.ts";
import { LanguageService } from "../../kernels/typescript/language/service.ts";
import { hasTag, isCodeCell, type Notebook } from "../document/index.ts";

/** Sentences such as `cell 3:2:7 type error: …`; cells are counted as `gradbook run` counts them. */
export function checkNotebook(notebook: Notebook, file: string): string[] {
  const folder = dirname(resolve(file));
  const cells = new Cells(folder);
  const service = new LanguageService(folder, cells);
  const context = { folder, names: () => cells.names(), describe: () => undefined };
  const code = notebook.cells.filter(isCodeCell).filter((cell) => cell.source.trim() !== "");
  return code.flatMap((cell, index) => {
    const name = `cell ${index + 1}`;
    let source: string;
    try {
      source = expandMagics(cell.source, context).source;
    } catch (error) {
      return [`${name}: ${(error as Error).message}`];
    }
    const rewritten = rewriteCell(source, index + 1, name);
    if ("problem" in rewritten) return [`${name}: ${rewritten.problem.ename}: ${rewritten.problem.evalue}`];
    const module = cells.make(source, index + 1, name);
    const problems = hasTag(cell, "raises-exception") ? [] : typeProblems(service, [module]).flat();
    cells.add(module);
    return problems;
  });
}
