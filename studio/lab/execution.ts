/** What the server tells a page about cells that were run by another page. */
import type { Output } from "../document/notebook.ts";

/** The last run of one cell. */
export interface Execution {
  cell_id: string;
  /** Of the execute_request. */
  msg_id: string;
  /** Of the last iopub message in `outputs`; what comes after it is not in them. */
  last_msg_id: string;
  state: "running" | "done";
  execution_count: number | null;
  outputs: Output[];
  /** Per output: the id by which the kernel can still change it. Files have no place for it. */
  display_ids: (string | null)[];
}
