/** Typed completion at a position of a cell. */
import ts from "typescript";
import type { Completion } from "../shared/messages.ts";
import type { CellModule } from "./cells.ts";
import type { LanguageService } from "./service.ts";

/** Long lists are of no use to a reader and slow to send. */
const MAX_MATCHES = 500;

/** @param position UTF-16 offset in the user's code */
export function completions(
  service: LanguageService,
  module: CellModule,
  code: string,
  position: number,
): Completion {
  const start = position - /[\p{ID_Continue}$]*$/u.exec(code.slice(0, position))![0].length;
  const prefix = code.slice(start, position).toLowerCase();
  service.open([module]);
  const list = service.service.getCompletionsAtPosition(module.file, module.offset + position, {
    includeCompletionsForModuleExports: false,
    includeCompletionsWithInsertText: false,
  });
  const entries = (list?.entries ?? [])
    .filter(
      ({ name, kind }) => name.toLowerCase().startsWith(prefix) && kind !== ts.ScriptElementKind.warning,
    )
    .sort((a, b) => compare(a.sortText, b.sortText) || compare(a.name, b.name))
    .slice(0, MAX_MATCHES);
  // Inside a string (an import path, a key) the service knows better what is replaced.
  const span = list?.optionalReplacementSpan;
  const from = span && entries.length > 0 ? Math.min(start, span.start - module.offset) : start;
  return {
    matches: entries.map(({ name }) => name),
    start: from,
    end: position,
    types: entries.map(({ name, kind }) => ({
      text: name,
      type: kind,
      signature: "",
      start: from,
      end: position,
    })),
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
