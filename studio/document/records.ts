/** The values that a notebook hands to other programs with `record(name, value)`, read from its outputs. */
import { isCodeCell, type Notebook } from "./notebook.ts";

export const RECORD_MIME = "application/vnd.gradbook.record+json";

export interface RecordedValue {
  name: string;
  value: unknown;
}

/** All recorded values in the order of the notebook; a name recorded twice appears twice. */
export function recordedValues(notebook: Notebook): RecordedValue[] {
  return notebook.cells
    .filter(isCodeCell)
    .flatMap((cell) => cell.outputs)
    .flatMap((output) => ("data" in output && output.data[RECORD_MIME] ? [output.data[RECORD_MIME]] : []))
    .map((record) => record as RecordedValue);
}
