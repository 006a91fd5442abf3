/** One chapter of the course, as the start page shows it. */
export interface Chapter {
  /** API path of the notebook. */
  path: string;
  /** From the file name: `01-train….ipynb` is 1. */
  number: number;
  /** The notebook's first heading, or its file name. */
  title: string;
  /** The first sentences under it, as plain text. */
  summary: string;
  codeCells: number;
  /** Code cells that have been run. */
  ranCells: number;
  /** A kernel serves it now. */
  isRunning: boolean;
}
