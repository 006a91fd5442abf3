/** The charts: one function each, result shows itself in a cell. */
export { attentionHeads } from "./attention-heads.ts";
export { barChart } from "./bar-chart.ts";
export { dataTable } from "./data-table.ts";
export { heatMap } from "./heat-map.ts";
export { histogram } from "./histogram.ts";
export { lineChart } from "./line-chart.ts";
export { parallelCoordinates } from "./parallel-coordinates.ts";
export { tokenFrequency } from "./token-frequency.ts";
export { tokenStrip } from "./token-strip.ts";
