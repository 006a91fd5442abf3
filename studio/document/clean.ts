/** A notebook as it belongs into version control: without what running it puts there. */
import { clearOutputs } from "./execute.ts";
import { hasTag, isCodeCell, type Notebook } from "./notebook.ts";

/**
 * A copy without outputs, execution counts, timings, widget state and the kernel's version. Cells tagged
 * `keep-output` keep theirs.
 */
export function cleanNotebook(notebook: Notebook): Notebook {
  const cleaned = structuredClone(notebook);
  const kept = cleaned.cells.filter(isCodeCell).filter((cell) => hasTag(cell, "keep-output"));
  const outputs = kept.map((cell) => cell.outputs);
  clearOutputs(cleaned);
  kept.forEach((cell, index) => (cell.outputs = outputs[index]));
  if (cleaned.metadata.language_info) delete cleaned.metadata.language_info.version;
  return cleaned;
}
