/** What a name is: its type, its documentation, and, on request, where it is declared. */
import path from "node:path";
import ts from "typescript";
import type { MimeBundle } from "../../../lib/notebook/host.ts";
import type { CellModule } from "./cells.ts";
import type { LanguageService } from "./service.ts";

/**
 * @param position UTF-16 offset in the user's code; just behind a name counts as on it, and inside the
 *   parentheses of a call, where there is no name, the called function is described
 * @param detail 1 adds the place of the declaration
 */
export function inspection(
  service: LanguageService,
  module: CellModule,
  position: number,
  detail: number,
): MimeBundle | undefined {
  service.open([module]);
  const at = module.offset + position;
  const found = [at, at - 1]
    .filter((offset) => offset >= module.offset)
    .map((offset) => service.service.getQuickInfoAtPosition(module.file, offset))
    .find((info) => info !== undefined);
  if (!found) return signature(service, module, at);
  const declaration = detail > 0 ? declaredAt(service, module, found.textSpan.start) : undefined;
  return bundle(
    ts.displayPartsToString(found.displayParts),
    ts.displayPartsToString(found.documentation),
    (found.tags ?? []).map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`),
    declaration,
  );
}

/** Signature help: inside the parentheses of a call. */
function signature(service: LanguageService, module: CellModule, at: number): MimeBundle | undefined {
  const help = service.service.getSignatureHelpItems(module.file, at, undefined);
  const item = help?.items[help.selectedItemIndex];
  if (!item) return undefined;
  const parameters = item.parameters.map(({ displayParts }) => ts.displayPartsToString(displayParts));
  const separator = ts.displayPartsToString(item.separatorDisplayParts);
  const prefix = ts.displayPartsToString(item.prefixDisplayParts);
  const suffix = ts.displayPartsToString(item.suffixDisplayParts);
  const notes = item.parameters
    .filter(({ documentation }) => documentation.length > 0)
    .map(({ name, documentation }) => `@param ${name} ${ts.displayPartsToString(documentation)}`);
  const text = prefix + parameters.join(separator) + suffix;
  return bundle(text, ts.displayPartsToString(item.documentation), notes, undefined);
}

function declaredAt(service: LanguageService, module: CellModule, at: number): string | undefined {
  const [definition] = service.service.getDefinitionAtPosition(module.file, at) ?? [];
  if (!definition || definition.fileName === module.file) return undefined;
  const source = service.service.getProgram()?.getSourceFile(definition.fileName);
  const line = source?.getLineAndCharacterOfPosition(definition.textSpan.start).line ?? 0;
  return `${path.relative(process.cwd(), definition.fileName)}:${line + 1}`;
}

function bundle(type: string, doc: string, tags: string[], place: string | undefined): MimeBundle {
  const text = [type, doc, tags.join("\n"), place].filter(Boolean).join("\n\n");
  const markdown = [
    "```typescript",
    type,
    "```",
    doc,
    ...tags.map((tag) => `- ${tag}`),
    place && `\`${place}\``,
  ];
  return { "text/plain": text, "text/markdown": markdown.filter(Boolean).join("\n") };
}
