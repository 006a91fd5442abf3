/**
 * JupyterLab plug-in: cells that are run before the kernel is connected wait for it.
 *
 * JupyterLab's own executor drops them without a word, and a person who presses Shift+Enter right after the
 * page appears wonders why nothing happens. Cells wait in the order in which they were run.
 */
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { CodeCell } from "@jupyterlab/cells";
import { INotebookCellExecutor, runCell } from "@jupyterlab/notebook";

/** The plugin that this one replaces. */
export const REPLACED_EXECUTOR = "@jupyterlab/notebook-extension:cell-executor";

const plugin: JupyterFrontEndPlugin<INotebookCellExecutor> = {
  id: "gradbook:cell-executor",
  description: "Runs cells, and lets them wait for a kernel that is about to start.",
  autoStart: true,
  provides: INotebookCellExecutor,
  activate: () => ({ runCell: runWhenReady }),
};

export default plugin;

async function runWhenReady(options: INotebookCellExecutor.IRunCellOptions): Promise<boolean> {
  const { cell, sessionContext } = options;
  if (cell.model.type === "code" && sessionContext && !sessionContext.isReady) {
    (cell as CodeCell).model.executionState = "running";
    await sessionContext.ready;
  }
  return runCell(options);
}
