/**
 * JupyterLab plug-in: says above a notebook that its file was damaged, what is shown of it, and where the original is.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";

interface Repair {
  problems: string[];
  /** File name under which the original is kept as soon as the notebook is saved. */
  kept_as: string;
}

/** Pixels. */
const [LINE_HEIGHT, FRAME_HEIGHT, MAX_HEIGHT] = [20, 84, 260];

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:repair-notice",
  description: "Tells that a damaged notebook was repaired.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker) => {
    tracker.widgetAdded.connect((_sender, panel) => {
      void panel.context.ready.then(() => {
        const repair = panel.model?.getMetadata("gradbook_repair") as Repair | undefined;
        if (repair) panel.contentHeader.insertWidget(0, notice(app, panel, repair));
      });
    });
  },
};

export default plugin;

function notice(app: JupyterFrontEnd, panel: NotebookPanel, { problems, kept_as }: Repair): Widget {
  const node = document.createElement("div");
  node.className = "gb-RepairNotice";
  node.setAttribute("role", "alert");
  const heading = document.createElement("strong");
  heading.textContent = "This file is damaged. What can be read of it is shown.";
  const list = document.createElement("ul");
  for (const problem of problems)
    list.append(Object.assign(document.createElement("li"), { textContent: problem }));
  const fate = document.createElement("span");
  fate.textContent = `Nothing has been changed. Saving keeps the damaged file beside this one, as ${kept_as}. `;
  const button = document.createElement("button");
  button.className = "jp-mod-styled jp-mod-minimal";
  button.textContent = "Show the damaged file as text";
  let original = panel.context.path;
  button.onclick = () => void app.commands.execute("docmanager:open", { path: original, factory: "Editor" });
  panel.context.saveState.connect((_context, state) => {
    if (!state.startsWith("completed")) return;
    original = panel.context.path.replace(/[^/]*$/, kept_as);
    fate.textContent = `Saved. The damaged file is kept beside this one, as ${kept_as}. `;
  });
  node.append(heading, list, fate, button);
  // The header gives a widget the height it asks for.
  node.style.minHeight = `${Math.min(MAX_HEIGHT, FRAME_HEIGHT + LINE_HEIGHT * problems.length)}px`;
  return new Widget({ node });
}
