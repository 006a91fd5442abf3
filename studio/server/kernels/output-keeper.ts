/**
 * Keeps what running cells show, so that closing the browser loses nothing.
 *
 * A front end holds the outputs of the cells it runs, and saves them. When it goes away in the middle, what
 * its cells show from then on, and what it had not saved, is here. A NotebookStore writes it into the file;
 * a page that opens the notebook again takes over from `executions()` and goes on where the outputs are.
 */
import type { Message } from "../../../kernels/protocol/message.ts";
import { codeCell, type CodeCell, type Output } from "../../document/notebook.ts";
import { OutputRecorder } from "../../document/outputs.ts";
import type { Execution } from "../../lab/execution.ts";
import { WidgetRecorder, type WidgetModels } from "../../document/widget-state.ts";

interface Entry {
  msgId: string;
  lastMsgId: string;
  session: string;
  cell: CodeCell;
  done: boolean;
  /** Has news that are not known to be in the file. */
  changed: boolean;
}

export class OutputKeeper {
  readonly #isAttached: (session: string) => boolean;
  readonly #recorder = new OutputRecorder();
  readonly #widgets = new WidgetRecorder();
  /** By cell id: a later run of the cell replaces the earlier one. */
  readonly #entries = new Map<string, Entry>();
  /** By id of the execute_request. Finished cells stay: their timers may print, their charts change. */
  readonly #byRequest = new Map<string, Entry>();
  readonly #displayIds = new WeakMap<Output, string>();

  /** Called when something changed that no front end will save. */
  onOrphanOutput: () => void = () => {};

  /** @param isAttached whether the front end of that session is connected now */
  constructor(isAttached: (session: string) => boolean) {
    this.#isAttached = isAttached;
  }

  /** A request passes by: JupyterLab names the cell in the metadata of its execute requests. */
  onRequest(session: string, parts: Uint8Array[]): void {
    const [header, , metadata] = parts;
    if (!Buffer.from(header).includes('"execute_request"')) return;
    const { msg_id: msgId } = JSON.parse(Buffer.from(header).toString()) as { msg_id: string };
    const { cellId } = JSON.parse(Buffer.from(metadata).toString()) as { cellId?: string };
    if (!cellId) return;
    const cell = { ...codeCell(""), id: cellId };
    const entry = { msgId, lastMsgId: "", session, cell, done: false, changed: false };
    this.#forget(cellId);
    this.#entries.set(cellId, entry);
    this.#byRequest.set(msgId, entry);
  }

  onIopub(message: Message): void {
    this.#widgets.apply(message);
    const entry = this.#byRequest.get((message.parent_header as { msg_id?: string }).msg_id ?? "");
    if (entry) this.#onCellMessage(entry, message);
    if (message.header.msg_type === "update_display_data") this.#onDisplayUpdate(message);
  }

  /** A front end went away: what it had not saved is ours now. */
  onDetach(): void {
    if (this.orphans().length > 0) this.onOrphanOutput();
  }

  /** No more output will come: running cells end with a sentence that says why. Returns them, with what they show now. */
  onKernelGone(reason: string): { session: string; msgId: string; error: Output }[] {
    const ended: { session: string; msgId: string; error: Output }[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.done) continue;
      entry.done = entry.changed = true;
      const evalue = `${reason} while this cell was running`;
      const traceback = [`KernelDied: ${evalue}`];
      const error: Output = { output_type: "error", ename: "KernelDied", evalue, traceback };
      entry.cell.outputs.push(error);
      ended.push({ session: entry.session, msgId: entry.msgId, error });
    }
    this.onDetach();
    return ended;
  }

  /** A front end saved the notebook: what is finished is in the file. */
  onSaved(): void {
    for (const entry of this.#entries.values()) if (entry.done) entry.changed = false;
  }

  /** Cells with news that no connected front end has. */
  orphans(): CodeCell[] {
    return this.#orphanEntries().map((entry) => entry.cell);
  }

  /** The orphans' news are in the file now. */
  onWritten(): void {
    for (const entry of this.#orphanEntries()) entry.changed = false;
  }

  executions(): Execution[] {
    return [...this.#entries.values()].map(({ msgId, lastMsgId, cell, done }) => ({
      cell_id: cell.id,
      msg_id: msgId,
      last_msg_id: lastMsgId,
      state: done ? "done" : "running",
      execution_count: cell.execution_count,
      outputs: cell.outputs,
      display_ids: cell.outputs.map((output) => this.#displayIds.get(output) ?? null),
    }));
  }

  /** State of all widgets of this kernel, as notebooks store it. */
  get widgetModels(): WidgetModels {
    return this.#widgets.models;
  }

  /** A page took over the running cells: from now on they are its own to save. */
  adopt(session: string): void {
    for (const entry of this.#entries.values()) if (!this.#isAttached(entry.session)) entry.session = session;
  }

  #onCellMessage(entry: Entry, message: Message): void {
    entry.lastMsgId = message.header.msg_id;
    const isIdle = message.header.msg_type === "status" && message.content.execution_state === "idle";
    if (isIdle) entry.done = true;
    else if (!this.#recorder.apply(entry.cell, message)) return;
    const displayId = displayIdOf(message);
    const shown = entry.cell.outputs.at(-1);
    if (displayId && shown && message.header.msg_type !== "update_display_data")
      this.#displayIds.set(shown, displayId);
    this.#onNews(entry);
  }

  /** A display may be changed by any request: another cell, a slider's message. */
  #onDisplayUpdate(message: Message): void {
    const id = displayIdOf(message);
    for (const entry of this.#entries.values()) {
      if (!entry.cell.outputs.some((output) => this.#displayIds.get(output) === id)) continue;
      this.#recorder.apply(entry.cell, message);
      this.#onNews(entry);
    }
  }

  #onNews(entry: Entry): void {
    entry.changed = true;
    if (!this.#isAttached(entry.session)) this.onOrphanOutput();
  }

  #orphanEntries(): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.changed && !this.#isAttached(entry.session));
  }

  #forget(cellId: string): void {
    const entry = this.#entries.get(cellId);
    if (!entry) return;
    this.#entries.delete(cellId);
    this.#byRequest.delete(entry.msgId);
  }
}

function displayIdOf(message: Message): string | undefined {
  return (message.content as { transient?: { display_id?: string } }).transient?.display_id;
}
