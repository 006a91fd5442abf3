/**
 * Runs a notebook from top to bottom on a kernel and keeps everything it shows, as a person pressing "Run all"
 * would see it.
 *
 * A failing cell ends the run; what ran before it stays in the document. Tags: `skip-execution` leaves a cell
 * out, `raises-exception` lets a cell fail and the run go on (both as in nbclient).
 * Left out: answering `input()`; a cell that asks gets an error from the kernel.
 */
import type { ExecuteReply, KernelClient, KernelMessage } from "../kernels/index.ts";
import { hasTag, isCodeCell, type CodeCell, type Notebook, type NotebookMetadata } from "./notebook.ts";
import { OutputRecorder } from "./outputs.ts";
import { recordedValues, type RecordedValue } from "./records.ts";
import { storeWidgetModels, WidgetRecorder } from "./widget-state.ts";

export interface CellEvent {
  cell: CodeCell;
  /** Place among the cells that are run, from 1. */
  number: number;
  /** How many cells are run. */
  count: number;
}

export interface ExecuteNotebookOptions {
  /** Seconds that one cell may take; unlimited when absent. */
  timeout?: number;
  /** Stops the running cell; called when it takes too long. */
  interrupt?: () => Promise<void>;
  /** Values for `param(name, …)`, by name. */
  parameters?: Record<string, unknown>;
  onCellStart?: (event: CellEvent) => void;
  onCellEnd?: (event: CellEvent & { seconds: number }) => void;
  /** Text that a cell prints, as it comes. */
  onStream?: (text: string, name: "stdout" | "stderr") => void;
}

export interface CellFailure {
  cell: CodeCell;
  /** Place among the cells that are run, from 1. */
  number: number;
  ename: string;
  evalue: string;
  traceback: string[];
}

export interface ExecutionSummary {
  /** Seconds. */
  seconds: number;
  /** What `record(name, value)` said, in order. */
  records: RecordedValue[];
  /** The cell that ended the run early. */
  failure?: CellFailure;
}

/** How long an interrupted cell may take to stop, in ms. */
const INTERRUPT_GRACE_MS = 10_000;

/**
 * Executes the notebook in place: old outputs are removed, new ones filled in.
 *
 * @throws GradbookError when the kernel does not answer at the start; later failures are in the summary
 */
export async function executeNotebook(
  notebook: Notebook,
  client: KernelClient,
  options: ExecuteNotebookOptions = {},
): Promise<ExecutionSummary> {
  const started = performance.now();
  const info = await client.ready();
  notebook.metadata.language_info = info.language_info as NotebookMetadata["language_info"];
  clearOutputs(notebook);

  const cells = notebook.cells.filter(isCodeCell).filter(isRun);
  const recorder = new CellRecorder(client, options.onStream);
  const stopListening = client.onIopub((message) => recorder.apply(message));
  let failure: CellFailure | undefined;
  try {
    await setParameters(client, options.parameters ?? {});
    for (const [index, cell] of cells.entries()) {
      const event = { cell, number: index + 1, count: cells.length };
      options.onCellStart?.(event);
      recorder.current = cell;
      const cellStarted = performance.now();
      const problem = await runCell(cell, client, options);
      options.onCellEnd?.({ ...event, seconds: (performance.now() - cellStarted) / 1000 });
      if (problem && !hasTag(cell, "raises-exception")) {
        failure = { cell, number: event.number, ...problem };
        break;
      }
    }
  } finally {
    stopListening();
  }
  storeWidgetModels(notebook, recorder.widgets.models);
  return { seconds: (performance.now() - started) / 1000, records: recordedValues(notebook), failure };
}

/** Removes outputs, execution counts, timings and widget state: what running the notebook puts there. */
export function clearOutputs(notebook: Notebook): void {
  for (const cell of notebook.cells.filter(isCodeCell)) {
    cell.outputs = [];
    cell.execution_count = null;
    delete cell.metadata.execution;
  }
  delete notebook.metadata.widgets;
}

function isRun(cell: CodeCell): boolean {
  return cell.source.trim() !== "" && !hasTag(cell, "skip-execution");
}

/** Sends each iopub message to the cell that caused it, also the late ones that come while another cell runs. */
class CellRecorder {
  /** The cell whose request was sent last. */
  current?: CodeCell;
  readonly widgets = new WidgetRecorder();
  readonly #client: KernelClient;
  readonly #outputs = new OutputRecorder();
  readonly #cells = new Map<string, CodeCell>();
  readonly #onStream: ExecuteNotebookOptions["onStream"];

  constructor(client: KernelClient, onStream: ExecuteNotebookOptions["onStream"]) {
    this.#client = client;
    this.#onStream = onStream;
  }

  apply(message: KernelMessage): void {
    this.widgets.apply(message);
    const cell = this.#cellOf(message);
    if (!cell) return;
    recordTime(cell, message);
    this.#outputs.apply(cell, message);
    if (message.header.msg_type === "stream") this.#onStream?.(message.content.text, message.content.name);
  }

  /** `busy` is the first message that a request causes: by it, the request's id becomes known. */
  #cellOf({ header, parent_header: parent }: KernelMessage): CodeCell | undefined {
    if (!parent.msg_id) return undefined;
    const isNew = header.msg_type === "status" && parent.msg_type === "execute_request";
    if (this.current && isNew && parent.session === this.#client.session && !this.#cells.has(parent.msg_id)) {
      this.#cells.set(parent.msg_id, this.current);
    }
    return this.#cells.get(parent.msg_id);
  }
}

/** The times that JupyterLab shows: when the kernel took the cell up and when it was done. */
function recordTime(cell: CodeCell, message: KernelMessage): void {
  const { msg_type, date } = message.header;
  const event =
    msg_type === "status" ? `iopub.status.${message.content.execution_state}` : `iopub.${msg_type}`;
  if (event !== "iopub.status.busy" && event !== "iopub.status.idle" && event !== "iopub.execute_input")
    return;
  cell.metadata.execution = { ...(cell.metadata.execution as object), [event]: date };
}

/** Runs one cell; the error that it ended with, or nothing. */
async function runCell(
  cell: CodeCell,
  client: KernelClient,
  { timeout, interrupt }: ExecuteNotebookOptions,
): Promise<Pick<CellFailure, "ename" | "evalue" | "traceback"> | undefined> {
  let reply: ExecuteReply;
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<"expired">((resolve) => {
    if (timeout !== undefined) timer = setTimeout(resolve, timeout * 1000, "expired");
  });
  try {
    const running = client.execute(cell.source, { stopOnError: false });
    const first = await Promise.race([running, expired]);
    if (first === "expired") {
      await stop(running, interrupt);
      return fill(cell, "Timeout", `the cell took longer than ${timeout} s; give it more with --timeout`);
    }
    reply = first;
  } catch (error) {
    return fill(cell, "KernelDied", (error as Error).message);
  } finally {
    clearTimeout(timer);
  }
  if (reply.status === "ok") return undefined;
  const { ename = "Error", evalue = "", traceback = [] } = reply;
  return { ename, evalue, traceback };
}

/** Interrupts and gives the cell a moment to end, so that its last output is kept. */
async function stop(running: Promise<unknown>, interrupt?: () => Promise<void>): Promise<void> {
  await interrupt?.();
  const patience = new Promise((resolve) => setTimeout(resolve, INTERRUPT_GRACE_MS).unref());
  await Promise.race([running.catch(() => {}), patience]);
}

/** Puts an error that the kernel could not report itself into the cell's outputs. */
function fill(cell: CodeCell, ename: string, evalue: string) {
  const error = { ename, evalue, traceback: [`${ename}: ${evalue}`] };
  cell.outputs.push({ output_type: "error", ...error });
  return error;
}

/** Hands the values to `param()`; other kernels have no such place, and get nothing. */
async function setParameters(client: KernelClient, parameters: Record<string, unknown>): Promise<void> {
  if (Object.keys(parameters).length === 0) return;
  const code = `globalThis[Symbol.for("gradbook.notebook")].parameters = ${JSON.stringify(parameters)};`;
  await client.execute(code, { silent: true });
}
