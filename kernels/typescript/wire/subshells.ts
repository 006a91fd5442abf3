/**
 * Subshells (protocol 5.5, Jupyter enhancement proposal 91): extra queues whose cells run while another awaits.
 *
 * JavaScript has one thread for the user's code, so a cell in a synchronous loop still holds up all of them.
 */
import { randomUUID } from "node:crypto";

export class Subshells {
  readonly #ids = new Set<string>();

  create(): Record<string, unknown> {
    const subshell_id = randomUUID();
    this.#ids.add(subshell_id);
    return { status: "ok", subshell_id };
  }

  delete(id: string): Record<string, unknown> {
    if (this.#ids.delete(id)) return { status: "ok" };
    return { status: "error", ename: "SubshellError", evalue: `no subshell ${id}`, traceback: [] };
  }

  list(): Record<string, unknown> {
    return { status: "ok", subshell_id: [...this.#ids] };
  }

  /** The queue for a request: its subshell's, or the main one. */
  lane(id: string | null | undefined): string {
    return id != null && this.#ids.has(id) ? id : "";
  }
}
