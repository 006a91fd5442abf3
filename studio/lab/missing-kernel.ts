/**
 * JupyterLab plug-in: says which kernel a notebook asks for when that is not installed. JupyterLab then offers the
 * others, but does not say why.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:missing-kernel",
  description: "Tells which kernel is missing.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker) => {
    const { kernelspecs } = app.serviceManager;
    tracker.widgetAdded.connect((_sender, panel) => {
      void Promise.all([panel.context.ready, kernelspecs.ready]).then(() => {
        const wanted = panel.model?.getMetadata("kernelspec") as
          { name: string; display_name?: string } | undefined;
        if (wanted && kernelspecs.specs && !kernelspecs.specs.kernelspecs[wanted.name]) tell(panel, wanted);
      });
    });
  },
};

export default plugin;

function tell(
  panel: NotebookPanel,
  { name, display_name = name }: { name: string; display_name?: string },
): void {
  Notification.warning(
    `${panel.title.label} was made for the kernel ${display_name} (${name}), which is not installed here. ` +
      "Choose another one, or install it and reload the page; the outputs are kept.",
    { autoClose: 20_000 },
  );
}
