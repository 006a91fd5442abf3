/** JupyterLab plug-in: the variables of the current notebook in the right side bar. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { INotebookTracker } from "@jupyterlab/notebook";
import { variablesIcon } from "../icons.ts";
import { VariablePanel } from "./variable-panel.ts";

const SHOW = "gradbook:show-variables";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:variables",
  description: "Names, kinds, shapes and memory of what the cells have made.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, palette: ICommandPalette | null) => {
    const panel = new VariablePanel();
    panel.id = "gradbook-variables";
    panel.title.caption = "Variables";
    panel.title.icon = variablesIcon;
    app.shell.add(panel, "right", { rank: 500 });
    tracker.currentChanged.connect((_tracker, notebook) => panel.follow(notebook?.sessionContext));
    app.commands.addCommand(SHOW, {
      label: "Show Variables",
      execute: () => app.shell.activateById(panel.id),
    });
    palette?.addItem({ command: SHOW, category: "Notebook Operations" });
  },
};

export default plugin;
