/**
 * JupyterLab plug-in: the notebook's dials beside it, and "start over" on one key.
 *
 * The sliders of a notebook stand in its `parameters` cell at the top; what they change is drawn further down.
 * The toolbar's Dials button shows them in the right side bar, so both are in view. Ctrl+Shift+Enter restarts
 * the kernel and runs all cells, without a question in between.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Notification, ToolbarButton } from "@jupyterlab/apputils";
import type { CodeCell } from "@jupyterlab/cells";
import { INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import { Panel } from "@lumino/widgets";
import { tuneIcon } from "./icons.ts";

const START_OVER = "gradbook:restart-and-run-all";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:dials",
  description: "The notebook's parameters in a panel beside it; restart and run all on one key.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker) => {
    tracker.widgetAdded.connect((_sender, panel) => {
      const button = new ToolbarButton({
        icon: tuneIcon,
        label: "Dials",
        tooltip: "Show this notebook's parameters beside it",
        onClick: () => showDials(app, panel),
      });
      panel.toolbar.insertBefore("spacer", "gradbook-dials", button);
    });
    app.commands.addCommand(START_OVER, {
      label: "Restart Kernel and Run All Cells, Without Asking",
      isEnabled: () => tracker.currentWidget !== null,
      execute: () => tracker.currentWidget && startOver(tracker.currentWidget),
    });
    app.commands.addKeyBinding({
      command: START_OVER,
      keys: ["Accel Shift Enter"],
      selector: ".jp-Notebook",
    });
  },
};

export default plugin;

function showDials(app: JupyterFrontEnd, panel: NotebookPanel): void {
  const id = `gradbook-dials-${panel.id}`;
  const open = [...app.shell.widgets("right")].find((widget) => widget.id === id);
  if (open) return app.shell.activateById(id);
  const cell = panel.content.widgets.find(({ model }) =>
    (model.getMetadata("tags") as string[] | undefined)?.includes("parameters"),
  );
  if (cell?.model.type !== "code" || (cell as CodeCell).outputArea.widgets.length === 0) {
    const why = cell
      ? "Run the cell with the parameters first."
      : 'No cell of this notebook has the tag "parameters".';
    Notification.info(why, { autoClose: 4000 });
    return;
  }
  const content = (cell as CodeCell).cloneOutputArea();
  const side = new Panel();
  side.id = id;
  side.addClass("gradbook-dials");
  side.title.caption = `Dials of ${panel.title.label}`;
  side.title.icon = tuneIcon;
  side.addWidget(content);
  app.shell.add(side, "right", { rank: 0 });
  app.shell.activateById(id);
  panel.disposed.connect(() => side.dispose());
}

async function startOver({ content, sessionContext }: NotebookPanel): Promise<void> {
  NotebookActions.clearAllOutputs(content);
  await sessionContext.restartKernel();
  await NotebookActions.runAll(content, sessionContext);
}
