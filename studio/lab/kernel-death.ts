/**
 * JupyterLab plug-in: says that a kernel is dead, what is kept, and offers a new one.
 *
 * A kernel that dies is replaced by the server, and JupyterLab says so. This is for the one that cannot be;
 * there JupyterLab itself shows only a small sign in the corner.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:kernel-death",
  description: "Tells when a kernel died.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    tracker.widgetAdded.connect((_sender, panel) => {
      panel.sessionContext.statusChanged.connect((_context, status) => {
        if (status === "dead") tell(panel);
      });
    });
  },
};

export default plugin;

function tell(panel: NotebookPanel): void {
  const message =
    `The kernel of ${panel.title.label} died and could not be started again. The outputs are kept. ` +
    "The terminal in which the server runs may say why.";
  const { session } = panel.sessionContext;
  const name = session?.kernel?.name;
  // Not "restart": JupyterLab refuses that for a dead kernel.
  const start = {
    label: "Start a new kernel",
    callback: () => void panel.sessionContext.changeKernel({ name }),
  };
  Notification.error(message, { autoClose: false, actions: [start] });
}
