/**
 * What the heads of a transformer attend to: one small heat map per head, side by side.
 *
 * A row is the token that looks (query), a column the token that is looked at (key); the darker, the more weight.
 * Under a causal mask the upper right is empty: a token sees only itself and those before it.
 * Legend: `H` heads, `T` time (tokens).
 */
import { fail } from "../../core/errors.ts";
import type { Displayable } from "../bundle.ts";
import { figure, titleOf } from "./figure.ts";
import { roundedRows, ticks, type Matrix } from "./heat-map.ts";

export interface AttentionHeadsOptions {
  /** The T tokens, as text. */
  tokens: readonly string[];
  title?: string;
  /** Heat maps side by side. */
  columns?: number;
  /** Titles of the maps; `head 1`, `head 2`, … if not given. */
  names?: readonly string[];
  /** Leave the cells above the diagonal empty. */
  causal?: boolean;
}

/** Steep at the start, because most weights are small: a head that spreads its attention still shows a pattern. */
const STEEP_FADE_IN = [
  [0, "rgba(10,120,194,0)"],
  [0.1, "rgba(10,120,194,0.35)"],
  [0.5, "rgba(10,120,194,0.8)"],
  [1, "rgba(10,120,194,1)"],
];

/** Pixels: the side of a small map at most, the gap between two, and the room for titles and labels. */
const SIDE = 230;
const GAP = 60;

/**
 * @param weights attention probabilities [head, query, key], rows summing to 1
 * @throws GradbookError when the number of tokens is not T
 * @example attentionHeads(weights, { tokens: ["The", " whale", " swam"] })
 */
export function attentionHeads(weights: ArrayLike<Matrix>, options: AttentionHeadsOptions): Displayable {
  const { tokens, title = "Attention", causal = true } = options;
  const heads = Array.from(weights, (matrix) => roundedRows(matrix));
  const time = heads[0]?.length ?? 0;
  if (tokens.length !== time) {
    fail("attentionHeads", {
      expected: `${time} tokens, as many as the weights have rows`,
      got: tokens.length,
    });
  }
  const columns = Math.min(options.columns ?? 4, heads.length);
  const rows = Math.ceil(heads.length / columns);
  const height = rows * (SIDE + GAP) + 40;
  const layout: Record<string, unknown> = { title: titleOf(title), height, annotations: [] };

  const data = heads.map((head, index) => {
    const suffix = index === 0 ? "" : String(index + 1);
    const { x, y } = cellOf(index, columns, rows);
    const first = index % columns === 0;
    layout[`xaxis${suffix}`] = {
      ...ticks(tokens),
      domain: x,
      anchor: `y${suffix}`,
      showgrid: false,
      tickangle: -90,
      tickfont: { size: 10 },
    };
    layout[`yaxis${suffix}`] = {
      ...ticks(tokens),
      domain: y,
      anchor: `x${suffix}`,
      autorange: "reversed",
      showgrid: false,
      showticklabels: first,
      tickfont: { size: 10 },
    };
    const name = options.names?.[index] ?? `head ${index + 1}`;
    (layout.annotations as object[]).push({
      text: name,
      xref: "paper",
      yref: "paper",
      x: (x[0] + x[1]) / 2,
      y: y[1],
      xanchor: "center",
      yanchor: "bottom",
      showarrow: false,
      font: { size: 12 },
    });
    return {
      type: "heatmap",
      name,
      z: causal ? head.map((row, query) => row.map((value, key) => (key > query ? null : value))) : head,
      zmin: 0,
      zmax: 1,
      colorscale: STEEP_FADE_IN,
      showscale: index === 0,
      colorbar: { title: { text: "weight" }, thickness: 12, len: Math.min(1, 1.2 / rows) },
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      xgap: 1,
      ygap: 1,
      hoverongaps: false,
      text: head.map((row, query) => row.map((_, key) => `${tokens[query]} → ${tokens[key]}`)),
      hovertemplate: "%{text}: %{z:.2f}<extra></extra>",
    };
  });
  const alt = `${title}: ${heads.length} heads over ${time} tokens. ${heads.map(describeHead).join("; ")}`;
  return figure(data, layout, alt);

  function describeHead(head: (number | null)[][], index: number): string {
    const previous =
      head.slice(1).reduce((sum, row, query) => sum + (row[query] ?? 0), 0) / Math.max(1, time - 1);
    return `${options.names?.[index] ?? `head ${index + 1}`} gives ${Math.round(previous * 100)} % to the previous token`;
  }
}

function cellOf(index: number, columns: number, rows: number): { x: [number, number]; y: [number, number] } {
  const [column, row] = [index % columns, Math.floor(index / columns)];
  const width = 1 / columns;
  const height = 1 / rows;
  const top = 1 - row * height;
  return {
    x: [column * width + 0.02, (column + 1) * width - 0.02],
    y: [top - height * 0.77, top - height * 0.02],
  };
}
