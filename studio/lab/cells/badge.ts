/** The line under a cell that is out of date, with a button that runs it again. */
import type { Cell } from "@jupyterlab/cells";
import type { CellState } from "./cell-states.ts";

const CLASS = "gb-CellBadge";

/** Put the badge that the state asks for under the cell's code, or take it away. */
export function showBadge(cell: Cell, state: CellState | undefined, run: () => void): void {
  cell.node.querySelector(`.${CLASS}`)?.remove();
  const text = badgeText(state);
  if (text === undefined) return;
  const badge = document.createElement("div");
  badge.className = CLASS;
  badge.setAttribute("role", "status");
  badge.style.cssText =
    "display:flex;gap:8px;align-items:center;margin-left:var(--jp-cell-prompt-width);padding:2px 10px;" +
    "font-size:var(--jp-ui-font-size1);color:var(--jp-ui-font-color1);" +
    "border-left:3px solid var(--jp-warn-color1);background:var(--jp-layout-color2)";
  badge.append(text);
  if (state?.stale) badge.append(runButton(run));
  cell.node.insertBefore(badge, cell.node.querySelector(":scope > .jp-Cell-outputWrapper"));
}

/** What there is to say about a cell; undefined when all is well. */
export function badgeText(state: CellState | undefined): string | undefined {
  if (state?.stale) return `Out of date: ${list(state.changed)} changed since this cell ran.`;
  if (!state || state.outOfOrder.length === 0) return undefined;
  return `Reads ${list(state.outOfOrder)} from a cell further down: from the top, the notebook would not run like this.`;
}

function runButton(run: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.textContent = "Run again";
  button.className = "jp-mod-styled jp-mod-minimal";
  button.style.cssText =
    "height:22px;line-height:20px;padding:0 8px;border:1px solid var(--jp-border-color1);cursor:pointer";
  button.addEventListener("click", run);
  return button;
}

function list(names: string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
