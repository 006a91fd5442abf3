/**
 * Renders `application/vnd.plotly.v1+json` with plotly.js, in the colours of the theme.
 *
 * A picture of the chart is stored beside it, so that places without scripts (GitHub, a printed report) show
 * it too. The npm package jupyterlab-plotly is for an older JupyterLab.
 */
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { Message } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { loadPlotly, onThemeChange, PLOTLY_CONFIG, themed, type Plotly } from "./widgets/plotly.ts";

const MIME = "application/vnd.plotly.v1+json";
/** Pixels, for figures that do not say. */
const DEFAULT_HEIGHT = 380;

interface Figure {
  data?: object[];
  layout?: Record<string, unknown>;
  config?: object;
  frames?: object[];
}

class PlotlyChart extends Widget implements IRenderMime.IRenderer {
  #plotly: Plotly | undefined;
  #figure: Figure = {};
  readonly #stopTheme = onThemeChange(() => void this.#draw());

  constructor() {
    super();
    this.addClass("gradbook-plotly");
    this.node.setAttribute("role", "img");
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#figure = model.data[MIME] as Figure;
    const description = model.data["text/plain"];
    if (typeof description === "string") this.node.setAttribute("aria-label", description);
    this.#plotly = await loadPlotly();
    await this.#draw();
  }

  protected override onAfterAttach(): void {
    this.#fit();
  }

  protected override onAfterShow(): void {
    this.#fit();
  }

  protected override onResize(_message: Widget.ResizeMessage): void {
    this.#fit();
  }

  protected override onBeforeDetach(_message: Message): void {
    this.#stopTheme();
    this.#plotly?.purge(this.node);
  }

  async #draw(): Promise<void> {
    if (!this.#plotly || this.isDisposed) return;
    const { data = [], layout = {}, config } = this.#figure;
    const full = themed({
      height: DEFAULT_HEIGHT,
      margin: { t: layout.title ? 48 : 16, r: 16, b: 48, l: 56 },
      ...layout,
    });
    await this.#plotly.react(this.node, data, full, { ...PLOTLY_CONFIG, ...config });
  }

  #fit(): void {
    // Before the first drawing there is nothing to fit, and plotly complains about it.
    const isDrawn = this.node.classList.contains("js-plotly-plot");
    if (isDrawn && this.isVisible && this.node.clientWidth > 0) void this.#plotly?.Plots.resize(this.node);
  }
}

const extension: IRenderMime.IExtension = {
  id: "gradbook:plotly",
  description: "Plotly charts.",
  rendererFactory: {
    safe: true,
    mimeTypes: [MIME],
    defaultRank: 0,
    createRenderer: () => new PlotlyChart(),
  },
  dataType: "json",
};

export default extension;
