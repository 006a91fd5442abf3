/** gradbook/notebook: showing, asking, charting. */
export { toBundle, type Displayable } from "./bundle.ts";
export { clearOutput, display, html, json, latex, markdown, plotly, png, svg, vegaLite } from "./display.ts";
export type { DisplayHandle } from "./display.ts";
export { form, type Form, type FormOptions } from "./form.ts";
export { notebookHost } from "./host.ts";
export type { Comm, CommMessage, MimeBundle, NotebookHost } from "./host.ts";
export { interact } from "./interact.ts";
export { liveChart, type LiveChart, type LiveChartOptions } from "./live/live-chart.ts";
export { trainingMonitor, type TrainingMonitor } from "./live/training-monitor.ts";
export { param, params, setParam, type ParamOptions } from "./param.ts";
export * from "./plots/index.ts";
export { record } from "./record.ts";
export { reviewer, type Reviewer } from "./reviewer.ts";
export { readRuns, type Run } from "./runs/read-runs.ts";
export { runHistory, type RunHistory } from "./runs/run-history.ts";
export * from "./widgets/index.ts";
