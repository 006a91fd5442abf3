/**
 * JupyterLab plug-in: says that a kernel is dead, what is kept, and offers a new one.
 *
 * A kernel that dies is replaced by the server, and JupyterLab says so. This is for the one that cannot be, and for the
 * one that ended with its server, of which a new one knows nothing; there JupyterLab itself shows only a small sign in the
 * corner.
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
        if (status === "dead") tell(panel, panel.sessionContext.session?.kernel?.name, DIED);
      });
      let isLost = false;
      let name: string | undefined;
      panel.sessionContext.connectionStatusChanged.connect((_context, status) => {
        // "disconnected" is what a shutdown by hand ends with.
        if (status !== "disconnected") isLost = status === "connecting";
        if (status === "connected") name = panel.sessionContext.session?.kernel?.name;
      });
      panel.sessionContext.kernelChanged.connect((_context, { newValue }) => {
        if (isLost && name !== undefined && !newValue && !panel.isDisposed) tell(panel, name, GONE);
        isLost = false;
      });
    });
  },
};

export default plugin;

const DIED =
  "died and could not be started again. The outputs are kept. The terminal in which the server runs may say why.";
const GONE = "is gone: the server was ended and started anew. The outputs are kept, the variables are not.";

/** @param name of the kernel to start in its place */
function tell(panel: NotebookPanel, name: string | undefined, what: string): void {
  // Not "restart": JupyterLab refuses that for a dead kernel.
  const start = {
    label: "Start a new kernel",
    callback: () => void panel.sessionContext.changeKernel({ name }),
  };
  const message = `The kernel of ${panel.title.label} ${what}`;
  Notification.error(message, { autoClose: false, actions: [start] });
}
