/**
 * JupyterLab plug-in: a notebook that is opened while its kernel works goes on where it is.
 *
 * JupyterLab gives outputs only to the page that started a cell; after a reload the cell looks idle and stays
 * empty. The server kept what the cells showed. This plug-in takes it over: running cells show their outputs
 * so far and follow the kernel, and finished ones can be updated by the kernel again (display ids are not in
 * the file).
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { CodeCell } from "@jupyterlab/cells";
import type { IOutput } from "@jupyterlab/nbformat";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { ServerConnection, type Kernel, type KernelMessage } from "@jupyterlab/services";
import type { Execution } from "./execution.ts";

type IopubMessage = KernelMessage.IIOPubMessage;

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:resume",
  description: "Shows what cells printed while the page was closed, and goes on.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    tracker.widgetAdded.connect((_sender, panel) => void resumeWhenConnected(panel));
  },
};

export default plugin;

async function resumeWhenConnected(panel: NotebookPanel): Promise<void> {
  await Promise.all([panel.sessionContext.ready, panel.context.ready]);
  const kernel = panel.sessionContext.session?.kernel;
  if (kernel && !panel.isDisposed) await resume(panel, kernel);
}

async function resume(panel: NotebookPanel, kernel: Kernel.IKernelConnection): Promise<void> {
  // Listening starts before the question is asked: what comes meanwhile is sorted by the last message id.
  const followers: CellFollower[] = [];
  let caughtUp = false;
  const early: IopubMessage[] = [];
  const listen = (_sender: unknown, message: IopubMessage) => {
    if (caughtUp) followers.forEach((follower) => follower.apply(message));
    else early.push(message);
  };
  kernel.iopubMessage.connect(listen);
  panel.disposed.connect(() => kernel.iopubMessage.disconnect(listen));

  const cells = new Map(panel.content.widgets.map((cell) => [cell.model.id, cell]));
  for (const execution of await fetchExecutions(kernel)) {
    const cell = cells.get(execution.cell_id);
    if (cell?.model.type !== "code") continue;
    const follower = new CellFollower(cell as CodeCell, execution);
    const known = early.findIndex((message) => message.header.msg_id === execution.last_msg_id);
    for (const message of early.slice(known + 1)) follower.apply(message);
    followers.push(follower);
  }
  caughtUp = true;
}

/** Asks the server, and tells it that this page saves these outputs from now on. */
async function fetchExecutions(kernel: Kernel.IKernelConnection): Promise<Execution[]> {
  const url = `${kernel.serverSettings.baseUrl}gradbook/api/kernels/${kernel.id}/executions`;
  const body = JSON.stringify({ session: kernel.clientId });
  const response = await ServerConnection.makeRequest(url, { method: "POST", body }, kernel.serverSettings);
  return response.ok ? ((await response.json()) as Execution[]) : [];
}

/** One cell that the kernel still knows: shows its outputs and applies what comes. */
class CellFollower {
  readonly #cell: CodeCell;
  readonly #msgId: string;
  /** Display id → places among the outputs. */
  readonly #displays = new Map<string, number[]>();

  constructor(cell: CodeCell, execution: Execution) {
    this.#cell = cell;
    this.#msgId = execution.msg_id;
    const { model } = cell;
    model.trusted = true; // The outputs were made by the user's own kernel, by running this cell.
    if (JSON.stringify(model.outputs.toJSON()) !== JSON.stringify(execution.outputs)) {
      model.outputs.fromJSON(execution.outputs as IOutput[]);
    }
    execution.display_ids.forEach((id, index) => this.#remember(id, index));
    model.executionCount = execution.execution_count;
    model.executionState = execution.state === "running" ? "running" : "idle";
  }

  apply(message: IopubMessage): void {
    // A cell that this page ran itself has a future of its own, which takes care of its outputs.
    if (this.#cell.isDisposed || this.#cell.outputArea.future) return;
    const { msg_type: type } = message.header;
    const content = message.content as Record<string, unknown>;
    const displayId = (content.transient as { display_id?: string } | undefined)?.display_id ?? null;
    if (type === "update_display_data") return this.#update(displayId, content);
    if ((message.parent_header as { msg_id?: string }).msg_id !== this.#msgId) return;
    const { model } = this.#cell;
    switch (type) {
      case "stream":
      case "display_data":
      case "execute_result":
      case "error":
        model.outputs.add({ ...content, output_type: type } as IOutput);
        this.#remember(displayId, model.outputs.length - 1);
        break;
      case "clear_output":
        model.outputs.clear(content.wait as boolean);
        this.#displays.clear();
        break;
      case "execute_input":
        model.executionCount = content.execution_count as number;
        model.executionState = "running";
        break;
      case "status":
        if (content.execution_state === "idle") model.executionState = "idle";
    }
  }

  #update(displayId: string | null, { data, metadata }: Record<string, unknown>): void {
    for (const index of this.#displays.get(displayId ?? "") ?? []) {
      this.#cell.model.outputs.set(index, { output_type: "display_data", data, metadata } as IOutput);
    }
  }

  #remember(displayId: string | null, index: number): void {
    if (displayId === null) return;
    this.#displays.set(displayId, [...(this.#displays.get(displayId) ?? []), index]);
  }
}
