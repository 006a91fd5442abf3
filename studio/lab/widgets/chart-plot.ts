/**
 * A plotly chart in a node, redrawn as often as the page can take it.
 *
 * Requests between two drawings fall together; drawing waits for the browser's next frame (so a hidden tab draws
 * nothing), at least 50 ms after the last one, and longer when drawing is slow, so that the page stays usable.
 */
import type { Figure } from "../../../lib/notebook/live/chart-figure.ts";
import { loadPlotly, onThemeChange, PLOTLY_CONFIG, themed, type Plotly } from "./plotly.ts";

const MIN_INTERVAL = 50;
/** Pause after a drawing, in multiples of the time it took: the model that trains needs the processor too. */
const SLOWDOWN = 4;

export class ChartPlot {
  readonly node: HTMLElement;
  #figure: () => Figure;
  #plotly: Plotly | undefined;
  #stopTheme: () => void;
  /** A drawing is under way or has just been. */
  #busy = false;
  /** Something changed meanwhile. */
  #stale = false;
  #revision = 0;
  #disposed = false;

  /** @param figure makes the figure when it is time to draw */
  constructor(node: HTMLElement, figure: () => Figure) {
    this.node = node;
    this.#figure = figure;
    this.#stopTheme = onThemeChange(() => this.request());
  }

  /** Draw soon. */
  request(): void {
    this.#stale = true;
    if (this.#busy) return;
    this.#busy = true;
    requestAnimationFrame(() => void this.#draw());
  }

  /** The node has a new size. */
  resize(): void {
    if (this.#plotly && this.node.clientWidth > 0) void this.#plotly.Plots.resize(this.node);
  }

  dispose(): void {
    this.#disposed = true;
    this.#stopTheme();
    this.#plotly?.purge(this.node);
  }

  async #draw(): Promise<void> {
    const plotly = await loadPlotly();
    if (this.#disposed) return;
    this.#stale = false;
    const started = performance.now();
    const { data, layout } = this.#figure();
    // The points grow in place, which plotly does not see by itself.
    const revised = { ...themed(layout), datarevision: ++this.#revision };
    await plotly.react(this.node, data, revised, PLOTLY_CONFIG);
    this.#plotly = plotly;
    const cost = performance.now() - started;
    setTimeout(() => this.#rested(), Math.max(MIN_INTERVAL, SLOWDOWN * cost));
  }

  #rested(): void {
    this.#busy = false;
    if (this.#stale && !this.#disposed) this.request();
  }
}
