/** Notebook documents: read, check, write, execute, convert. */
export {
  codeCell,
  hasTag,
  isCodeCell,
  markdownCell,
  newCellId,
  newNotebook,
  notebookLanguage,
  type Cell,
  type CellMetadata,
  type CodeCell,
  type DisplayOutput,
  type ErrorOutput,
  type MarkdownCell,
  type MimeBundle,
  type Notebook,
  type NotebookMetadata,
  type Output,
  type RawCell,
  type ResultOutput,
  type StreamOutput,
} from "./notebook.ts";
export { parseNotebook, readNotebook } from "./read.ts";
export { repairNotebook, type Repair } from "./repair.ts";
export { notebookProblems } from "./validate.ts";
export { formatNotebook, writeNotebook } from "./write.ts";
export { OutputRecorder } from "./outputs.ts";
export { storeWidgetModels, widgetModels, WidgetRecorder, type WidgetModels } from "./widget-state.ts";
export {
  clearOutputs,
  executeNotebook,
  type CellEvent,
  type CellFailure,
  type ExecuteNotebookOptions,
  type ExecutionSummary,
} from "./execute.ts";
export { recordedValues, type RecordedValue } from "./records.ts";
export { assignParameters, findParameters, injectParameters, type NotebookParameters } from "./parameters.ts";
export { fromPercent, scriptExtension, toPercent } from "./percent.ts";
export { diffNotebooks, type CellChange, type LineChange, type NotebookDiff } from "./diff.ts";
export { cleanNotebook } from "./clean.ts";
