/** A live chart as a widget's view, for charts inside boxes and tabs. */
import { DOMWidgetView } from "@jupyter-widgets/base";
import type { Message } from "@lumino/messaging";
import { ChartPlot } from "./chart-plot.ts";
import type { LiveChartModel } from "./live-chart-model.ts";

export class LiveChartView extends DOMWidgetView {
  declare model: LiveChartModel;
  // Made in render, which Backbone's constructor may call before a class's own fields would be set.
  declare private plot: ChartPlot;

  override render(): void {
    super.render();
    this.plot = new ChartPlot(this.el as HTMLElement, () => this.model.figure());
    this.listenTo(this.model, "figure", () => this.plot.request());
    void this.displayed.then(() => this.plot.request());
  }

  override processLuminoMessage(message: Message): void {
    super.processLuminoMessage(message);
    if (message.type === "resize" || message.type === "after-show") this.plot.resize();
  }

  override remove(): void {
    this.plot.dispose();
    super.remove();
  }
}
