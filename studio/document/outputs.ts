/**
 * iopub messages → the outputs of the cells that caused them, as a notebook front end would show them.
 *
 * Streams of one name are merged and obey `\r` and backspace (a progress bar leaves its last state, not
 * ten thousand lines); `update_display_data` replaces every output with that display id, in whichever cell;
 * `clear_output(wait)` waits for the next output.
 * Source: Jupyter messaging protocol 5.4, "Messages on the IOPub channel". Left out: capture by ipywidgets'
 * Output widget, whose content stays where the message's parent puts it.
 */
import type { Message } from "../../kernels/protocol/message.ts";
import { joinBundle } from "./lines.ts";
import type { CodeCell, DisplayOutput, MimeBundle, Output, ResultOutput } from "./notebook.ts";

/** The content is whatever the kernel sent; each branch reads the fields its message type defines. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type IopubMessage = Message<any>;

/** One recorder per run of a notebook: it remembers the display ids of all cells. */
export class OutputRecorder {
  readonly #displays = new Map<string, (DisplayOutput | ResultOutput)[]>();
  readonly #clearOnNext = new WeakSet<CodeCell>();

  /** Applies one message to the cell that caused it; true when an output, here or elsewhere, changed. */
  apply(cell: CodeCell, message: IopubMessage): boolean {
    const { content } = message;
    switch (message.header.msg_type) {
      case "execute_input":
        cell.execution_count = content.execution_count;
        return true;
      case "stream":
        this.#clearIfAsked(cell);
        appendStream(cell.outputs, content.name, content.text);
        return true;
      case "display_data":
      case "execute_result":
        this.#clearIfAsked(cell);
        this.#addDisplay(cell, message);
        return true;
      case "update_display_data":
        return this.#updateDisplay(content.transient?.display_id, content);
      case "error": {
        this.#clearIfAsked(cell);
        const { ename, evalue, traceback } = content;
        cell.outputs.push({ output_type: "error", ename, evalue, traceback });
        return true;
      }
      case "clear_output":
        if (content.wait) this.#clearOnNext.add(cell);
        else cell.outputs = [];
        return !content.wait;
      default:
        return false;
    }
  }

  #addDisplay(cell: CodeCell, message: IopubMessage): void {
    const { data, metadata = {}, transient, execution_count } = message.content;
    const shown = { data: joinBundle(data), metadata };
    const output: DisplayOutput | ResultOutput =
      message.header.msg_type === "display_data"
        ? { output_type: "display_data", ...shown }
        : { output_type: "execute_result", ...shown, execution_count };
    cell.outputs.push(output);
    const id = transient?.display_id;
    if (id === undefined) return;
    this.#displays.set(id, [...(this.#displays.get(id) ?? []), output]);
    this.#updateDisplay(id, shown);
  }

  #updateDisplay(
    id: string | undefined,
    shown: { data: MimeBundle; metadata?: Record<string, unknown> },
  ): boolean {
    const outputs = (id !== undefined && this.#displays.get(id)) || [];
    for (const output of outputs) {
      output.data = joinBundle(shown.data);
      output.metadata = shown.metadata ?? {};
    }
    return outputs.length > 0;
  }

  #clearIfAsked(cell: CodeCell): void {
    if (this.#clearOnNext.delete(cell)) cell.outputs = [];
  }
}

function appendStream(outputs: Output[], name: "stdout" | "stderr", text: string): void {
  const last = outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) last.text = overwrite(last.text, text);
  else outputs.push({ output_type: "stream", name, text: overwrite("", text) });
}

/**
 * The text on a terminal's last line after more text arrived: `\r` goes back to the start of the line and new
 * characters replace old ones, `\b` takes one back. `overwrite("a\n50 %", "\r100 %")` → `"a\n100 %"`.
 */
export function overwrite(text: string, added: string): string {
  if (!/[\r\b]/.test(added) && !text.endsWith("\r")) return text + added;
  const lineStart = text.lastIndexOf("\n") + 1;
  const lines = (text.slice(lineStart) + added).replaceAll("\r\n", "\n").split("\n");
  // A `\r` at the very end has to survive: what it overwrites is not known yet.
  return text.slice(0, lineStart) + lines.map((line) => settleLine(line)).join("\n");
}

function settleLine(line: string): string {
  const pending = line.endsWith("\r") ? "\r" : "";
  let settled = "";
  for (const part of line.slice(0, line.length - pending.length).split("\r")) {
    const written = applyBackspaces(part);
    settled = written + settled.slice(written.length);
  }
  return settled + pending;
}

/** A character and the backspace after it; a backspace with nothing before it. */
const ERASED = /[^\b][\b]|^[\b]/g;

function applyBackspaces(text: string): string {
  let before = text;
  let after = before.replace(ERASED, "");
  while (after !== before) [before, after] = [after, after.replace(ERASED, "")];
  return after;
}
