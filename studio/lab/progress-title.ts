/**
 * JupyterLab plug-in: how far a training is, in the title of the browser's tab, which one sees from other tabs.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { modelCreated, type LiveChartModel } from "./widgets/live-chart-model.ts";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:progress-title",
  description: "Progress in the tab's title.",
  autoStart: true,
  activate: (_app: JupyterFrontEnd) => {
    const running = new Set<LiveChartModel>();
    const update = () =>
      showProgress([...running].map((model) => model.progress).find((share) => share !== undefined));
    modelCreated.connect((_sender, model) => {
      const follow = () => {
        if (model.running && model.comm_live) running.add(model);
        else running.delete(model);
        update();
      };
      model.on("change:progress change:running", follow);
      model.on("destroy", () => {
        running.delete(model);
        update();
      });
      follow();
    });
    // JupyterLab writes the title anew whenever another document comes to the front.
    const title = document.querySelector("title");
    if (title) new MutationObserver(update).observe(title, { childList: true });
  },
};

export default plugin;

const PREFIX = /^\d+ % · /;

function showProgress(share: number | undefined): void {
  const name = document.title.replace(PREFIX, "");
  const wanted = share === undefined ? name : `${Math.floor(100 * share)} % · ${name}`;
  if (wanted !== document.title) document.title = wanted;
}
