/** Type errors of a cell, in words that name cell, line and column. */
import ts from "typescript";
import type { CellModule } from "./cells.ts";
import type { LanguageService } from "./service.ts";

/**
 * Errors that come from how cells are modelled, not from the user: assigning to a name that an earlier cell
 * declared (2632, 2588: for the checker it is imported), a forgotten earlier cell (2307 on its file).
 */
const ARTEFACTS = new Set([2632, 2588]);
const MAX_SHOWN = 20;

/**
 * The problems of each cell. Cells that are checked together share one program, whose making is most of the work.
 *
 * @param checkpoint may throw to abandon the work
 */
export function typeProblems(
  service: LanguageService,
  modules: readonly CellModule[],
  checkpoint?: () => void,
): string[][] {
  service.open(modules, checkpoint);
  return modules.map((module) =>
    service.service
      .getSemanticDiagnostics(module.file)
      .filter(({ code, start = 0 }) => !ARTEFACTS.has(code) && start >= module.offset)
      .slice(0, MAX_SHOWN)
      .map((diagnostic) => describe(diagnostic, module)),
  );
}

function describe({ file, start = 0, messageText, code }: ts.Diagnostic, module: CellModule): string {
  const before = module.text.slice(module.offset, start).split("\n");
  const message = ts.flattenDiagnosticMessageText(messageText, "\n  ");
  const place = file ? `${module.name}:${before.length}:${before.at(-1)!.length + 1}` : module.name;
  return `${place} type error: ${message} (TS${code})`;
}
