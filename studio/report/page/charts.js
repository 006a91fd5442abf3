/* Draws the charts of a report: unpacks plotly.js, gives it the page's colours, follows the theme and the printer. */
/* global document, window, matchMedia, Response, Blob, DecompressionStream, atob, getComputedStyle, Plotly */
(async () => {
  const packed = document.getElementById("plotly").textContent;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(unpacked).text();
  document.head.append(script);

  const colorway = JSON.parse(document.getElementById("chart-colors").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const printing = matchMedia("print");

  /** The page's colours under a figure's own choices; a template that the figure brings keeps its traces. */
  function themed(figure) {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = {
      gridcolor: color("--line"),
      linecolor: color("--line"),
      zerolinecolor: color("--line"),
      automargin: true,
    };
    const theme = {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, sans-serif", size: 12.5, color: color("--ink") },
      hoverlabel: {
        bgcolor: color("--paper"),
        bordercolor: color("--line"),
        font: { color: color("--ink") },
      },
      colorway,
      xaxis: axis,
      yaxis: axis,
    };
    const own = figure.layout?.template ?? {};
    return {
      autosize: true,
      height: 380,
      margin: { t: figure.layout?.title ? 48 : 20, r: 16, b: 44, l: 56 },
      ...figure.layout,
      width: undefined,
      template: { ...own, layout: { ...own.layout, ...theme } },
    };
  }

  const charts = [...document.querySelectorAll("figure.chart")].flatMap((element) => {
    const source = element.querySelector("script");
    return source
      ? [{ element: element.querySelector(".plot"), figure: JSON.parse(source.textContent) }]
      : [];
  });
  const draw = ({ element, figure }) =>
    Plotly.react(element, {
      data: figure.data,
      layout: themed(figure),
      frames: figure.frames,
      config: { responsive: true, displaylogo: false },
    });
  for (const chart of charts) await draw(chart);
  const redraw = () => charts.forEach(draw);
  dark.addEventListener("change", redraw);
  printing.addEventListener("change", redraw);
  window.addEventListener("beforeprint", redraw);
  document.documentElement.dataset.charts = "drawn";
})();
