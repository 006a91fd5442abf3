/**
 * Pictures of plotly charts, for reports without scripts (`--light`, Markdown): those that a front end stored
 * beside the figure, and the rest drawn by the user's browser as SVG.
 */
import { COLORS } from "../../lib/notebook/plots/palette.ts";
import { isCodeCell, type MimeBundle, type Notebook } from "../document/index.ts";
import { withBrowser } from "./browser.ts";
import { PLOTLY_MIME, plotlyPath, type PlotlyFigure } from "./charts.ts";
import { storedPicture, svgUrl } from "./outputs.ts";

/** Size of a drawn chart in CSS pixels. */
const WIDTH = 760;
const HEIGHT = 400;

/** Bundles with a chart, in the order of the notebook. */
function chartBundles(notebook: Notebook): MimeBundle[] {
  return notebook.cells
    .filter(isCodeCell)
    .flatMap((cell) => cell.outputs)
    .flatMap((output) => ("data" in output && output.data[PLOTLY_MIME] ? [output.data] : []));
}

/**
 * Image URLs (`data:…`) of a notebook's charts, by figure.
 * @param browserPath draws what no front end stored; without it such charts are missing from the result
 */
export async function chartPictures(
  notebook: Notebook,
  browserPath: string | undefined,
): Promise<Map<object, string>> {
  const pictures = new Map<object, string>();
  const missing: PlotlyFigure[] = [];
  for (const bundle of chartBundles(notebook)) {
    const figure = bundle[PLOTLY_MIME] as PlotlyFigure;
    const stored = storedPicture(bundle);
    if (stored) pictures.set(figure, stored);
    else missing.push(figure);
  }
  if (missing.length > 0 && browserPath) {
    const drawn = await drawFigures(missing, browserPath);
    missing.forEach((figure, index) => pictures.set(figure, svgUrl(drawn[index])));
  }
  return pictures;
}

/** SVG texts of figures. */
async function drawFigures(figures: PlotlyFigure[], browserPath: string): Promise<string[]> {
  return withBrowser(browserPath, async (browser) => {
    const page = browser.pages()[0] ?? (await browser.newPage());
    await page.addScriptTag({ path: plotlyPath() });
    return page.evaluate(drawInPage, {
      figures,
      size: { width: WIDTH, height: HEIGHT },
      colorway: [...COLORS],
    });
  });
}

interface DrawingOrder {
  figures: PlotlyFigure[];
  size: { width: number; height: number };
  colorway: string[];
}

/** Runs inside the browser's page. */
async function drawInPage({ figures, size, colorway }: DrawingOrder): Promise<string[]> {
  const { Plotly } = globalThis as unknown as {
    Plotly: { toImage(figure: object, options: object): Promise<string> };
  };
  const drawn: string[] = [];
  for (const { data, layout } of figures) {
    const theme = { paper_bgcolor: "#fff", plot_bgcolor: "#fff", colorway };
    const template = { layout: theme };
    const height = layout?.height ?? size.height;
    const figure = { data, layout: { template, margin: { t: layout?.title ? 48 : 20, r: 16 }, ...layout } };
    const url = await Plotly.toImage(figure, { format: "svg", width: size.width, height });
    drawn.push(decodeURIComponent(url.slice(url.indexOf(",") + 1)));
  }
  return drawn;
}
