/** JupyterLab plug-in: the front end of gradbook's own widgets and of their outputs. */
import { IJupyterWidgetRegistry } from "@jupyter-widgets/base";
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { WIDGET_MODULE, WIDGET_MODULE_VERSION } from "../../../lib/notebook/widgets/module.ts";
import { LiveChartModel } from "./live-chart-model.ts";
import { liveRendererFactory } from "./live-renderer.ts";
import { RankingModel, RankingView } from "./ranking-view.ts";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:widgets",
  description: "Live charts and rankings whose state lives in the kernel.",
  autoStart: true,
  requires: [IJupyterWidgetRegistry, IRenderMimeRegistry],
  activate: (_app: JupyterFrontEnd, widgets: IJupyterWidgetRegistry, rendermime: IRenderMimeRegistry) => {
    widgets.registerWidget({
      name: WIDGET_MODULE,
      version: WIDGET_MODULE_VERSION,
      exports: { LiveChartModel, RankingModel, RankingView },
    });
    rendermime.addFactory(liveRendererFactory);
  },
};

export default plugin;
