/**
 * Which parts of a cell a report shows: the tags of nbconvert and Jupyter Book, and JupyterLab's own switches.
 *
 * `remove-…` leaves a part out, `hide-…` folds it; `-` and `_` are the same. `injected-parameters` and
 * `parameters` have no effect here.
 */
import type { Cell } from "../document/index.ts";

export type Visibility = "shown" | "folded" | "removed";

export interface CellView {
  cell: Visibility;
  input: Visibility;
  output: Visibility;
}

/** Default of all code inputs: shown, folded behind a line to click on, or left out. */
export type CodeMode = "show" | "fold" | "hide";

export function cellView(cell: Cell, code: CodeMode): CellView {
  const tags = new Set(cell.metadata.tags?.map((tag) => tag.replaceAll("_", "-")));
  const lab = cell.metadata.jupyter as { source_hidden?: boolean; outputs_hidden?: boolean } | undefined;
  const part = (name: string, folded?: boolean, removed = false): Visibility => {
    if (removed || tags.has(`remove-${name}`)) return "removed";
    return folded || tags.has(`hide-${name}`) ? "folded" : "shown";
  };
  return {
    cell: part("cell"),
    input: part("input", lab?.source_hidden || (code === "fold" && !tags.has("show-input")), code === "hide"),
    output: part("output", lab?.outputs_hidden),
  };
}
