/**
 * The output of a live chart.
 *
 * The output names the chart's model in the kernel and holds a plotly figure of the chart as it was. The figure
 * is drawn at once; when the page knows the model, the curve follows the model and goes on. So a notebook opened
 * without its kernel shows the saved curve, and a page reloaded in the middle of a run shows all of it.
 *
 * After a reload the front end no longer knows which output the kernel's display updates belong to; therefore
 * this renderer writes the final figure into the output itself.
 */
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Widget } from "@lumino/widgets";
import type { Message } from "@lumino/messaging";
import type { Figure } from "../../../lib/notebook/live/chart-figure.ts";
import { LIVE_MIME } from "../../../lib/notebook/live/chart-state.ts";
import { ChartPlot } from "./chart-plot.ts";
import { findModel, modelCreated, type LiveChartModel } from "./live-chart-model.ts";

const PLOTLY_MIME = "application/vnd.plotly.v1+json";
/** How long the kernel's own final update of the output is waited for, in milliseconds. */
const GRACE = 1000;

export const liveRendererFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [LIVE_MIME],
  // Before plotly's renderer, which would take the figure of the same output.
  defaultRank: -20,
  createRenderer: () => new LiveRenderer(),
};

class LiveRenderer extends Widget implements IRenderMime.IRenderer {
  #plot = new ChartPlot(this.node, () => this.#figure());
  #output: IRenderMime.IMimeModel | undefined;
  #live: LiveChartModel | undefined;

  constructor() {
    super();
    this.addClass("gb-LiveChart");
    this.node.setAttribute("role", "img");
    modelCreated.connect(this.#onModel, this);
  }

  async renderModel(output: IRenderMime.IMimeModel): Promise<void> {
    this.#output = output;
    const live = findModel(this.#modelId());
    if (live?.comm_live) this.#follow(live);
    // While the model is followed, the figures that the kernel renews for the file are older than the page.
    if (!this.#live) this.#show();
  }

  override dispose(): void {
    modelCreated.disconnect(this.#onModel, this);
    this.#live?.off(null as never, null as never, this);
    this.#plot.dispose();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#plot.request();
  }

  protected override onAfterShow(): void {
    this.#plot.resize();
  }

  protected override onResize(): void {
    this.#plot.resize();
  }

  #modelId(): string {
    return (this.#output?.data[LIVE_MIME] as { model_id?: string } | undefined)?.model_id ?? "";
  }

  #onModel(_: object, model: LiveChartModel): void {
    if (this.#output && model.comm_live && model.model_id === this.#modelId()) this.#follow(model);
  }

  #follow(model: LiveChartModel): void {
    if (this.#live === model) return;
    this.#live = model;
    model.on("figure", () => this.#show(), this);
    model.on("change:running", () => setTimeout(() => this.#keepFinalFigure(), GRACE), this);
    if (!model.running) setTimeout(() => this.#keepFinalFigure(), GRACE);
    this.#show();
  }

  #show(): void {
    const text = this.#live?.text() ?? this.#output?.data["text/plain"];
    this.node.setAttribute("aria-label", String(text ?? "chart"));
    this.#plot.request();
  }

  #figure(): Figure {
    const saved = this.#output?.data[PLOTLY_MIME] as unknown as Figure | undefined;
    return this.#live?.figure() ?? saved ?? { data: [], layout: {} };
  }

  #keepFinalFigure(): void {
    const [live, output] = [this.#live, this.#output];
    if (this.isDisposed || !live || !output || live.running || live.text() === output.data["text/plain"])
      return;
    const figure = live.figure() as never;
    output.setData({ data: { ...output.data, [PLOTLY_MIME]: figure, "text/plain": live.text() } });
  }
}
