/** The charts: one function each, result shows itself in a cell. */
export { attentionHeads } from "./attention-heads.ts";
export { barChart } from "./bar-chart.ts";
export { calibrationChart, calibrationOf } from "./calibration.ts";
export { confusionMatrix } from "./confusion-matrix.ts";
export { dataTable } from "./data-table.ts";
export { embeddingMap, principalComponents } from "./embedding-map.ts";
export { tsne, type TsneOptions } from "./t-sne.ts";
export { heatMap } from "./heat-map.ts";
export { histogram } from "./histogram.ts";
export { imageGrid } from "./image-grid.ts";
export { lineChart } from "./line-chart.ts";
export { parallelCoordinates } from "./parallel-coordinates.ts";
export { rocCurve, separationOf } from "./roc-curve.ts";
export { diffWords, textDiff } from "./text-diff.ts";
export { tokenFrequency } from "./token-frequency.ts";
export { tokenStrip } from "./token-strip.ts";
