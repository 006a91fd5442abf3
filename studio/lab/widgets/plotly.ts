/**
 * plotly.js, loaded when the first chart is drawn (it is by far the largest part of the page), and how its charts
 * take on the colours of JupyterLab's theme.
 */

export interface Plotly {
  react(node: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
  purge(node: HTMLElement): void;
  Plots: { resize(node: HTMLElement): Promise<unknown> };
}

let loading: Promise<Plotly> | undefined;

export function loadPlotly(): Promise<Plotly> {
  loading ??= import("plotly.js-dist-min").then((module) => module.default as Plotly);
  return loading;
}

export const PLOTLY_CONFIG = {
  displaylogo: false,
  responsive: false,
  modeBarButtonsToRemove: ["lasso2d", "select2d"],
};

/** A figure's layout in the colours of the page; what the figure sets itself stays. */
export function themed(layout: Record<string, unknown>): Record<string, unknown> {
  const css = getComputedStyle(document.body);
  const color = (name: string, fallback: string) => css.getPropertyValue(name).trim() || fallback;
  const text = color("--jp-ui-font-color1", "#333");
  const line = color("--jp-border-color2", "#ccc");
  const base = color("--jp-layout-color1", "#fff");
  const axis = { gridcolor: line, linecolor: line, zeroline: false, automargin: true };
  const axes = Object.entries(layout)
    .filter(([key]) => /^[xy]axis\d*$/.test(key))
    .map(([key, own]) => [key, { ...axis, ...(own as object) }]);
  return {
    xaxis: axis,
    yaxis: axis,
    autosize: true,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    modebar: { bgcolor: "rgba(0,0,0,0)", color: line, activecolor: text },
    hoverlabel: { bgcolor: base, bordercolor: line, font: { color: text } },
    ...layout,
    ...Object.fromEntries(axes),
    font: {
      family: color("--jp-ui-font-family", "sans-serif"),
      size: 12,
      color: text,
      ...(layout.font as object),
    },
  };
}

/** Calls back when the user switches between light and dark; returns the function that stops it. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-name", "data-jp-theme-light"],
  });
  return () => observer.disconnect();
}
