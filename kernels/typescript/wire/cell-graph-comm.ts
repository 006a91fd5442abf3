/**
 * The cell graph over a comm: front ends open target `gradbook.cells` and hear of every change.
 *
 * kernel → front end: `{ cells: GraphCell[] }`; front end → kernel: `{ order: string[] }`, the ids of the
 * notebook's cells from top to bottom. Answered on the wire thread, so also while a cell computes.
 */
import { CellGraph } from "./cell-graph.ts";
import type { Request, Sockets } from "./sockets.ts";

export const CELLS_TARGET = "gradbook.cells";

export class CellGraphComm {
  readonly graph = new CellGraph();
  readonly #sockets: Sockets;
  readonly #open = new Set<string>();

  constructor(sockets: Sockets) {
    this.#sockets = sockets;
  }

  /** Handles a comm message when it is for this target; false when it is not. */
  receive(event: "open" | "message" | "close", { content, header }: Request): boolean {
    const { comm_id: id, target_name: target, data } = content;
    if (event === "open") {
      if (target !== CELLS_TARGET) return false;
      this.#open.add(id);
    } else if (!this.#open.has(id)) return false;
    void this.#sockets.publish("status", { execution_state: "busy" }, header);
    if (event === "close") this.#open.delete(id);
    if (Array.isArray(data?.order)) this.graph.arrange(data.order.map(String));
    this.announce();
    void this.#sockets.publish("status", { execution_state: "idle" }, header);
    return true;
  }

  /** Tells every open comm the state of all cells. */
  announce(): void {
    for (const comm_id of this.#open) {
      void this.#sockets.publish("comm_msg", { comm_id, data: { cells: this.graph.cells() } });
    }
  }
}
