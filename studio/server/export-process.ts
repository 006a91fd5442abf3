/** A process that makes one report and ends; see nbconvert.ts. */
import { exportNotebook, type Export } from "../report/export.ts";

export interface ExportJob {
  format: string;
  file: string;
}

/** The report, or why there is none. */
export type ExportAnswer = { report: Export } | { problem: string };

process.once("message", ({ format, file }: ExportJob) => {
  const made = exportNotebook(format, file).then(
    (report): ExportAnswer => ({ report }),
    (error: Error): ExportAnswer => ({ problem: error.message }),
  );
  void made.then((answer) => process.send!(answer, undefined, undefined, () => process.disconnect()));
});
