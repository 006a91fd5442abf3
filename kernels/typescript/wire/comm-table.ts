/** Which comms are open, for comm_info: a front end that connects anew asks for the widgets that exist. */
import type { CommPayload } from "../shared/messages.ts";

export class CommTable {
  readonly #targets = new Map<string, string>();

  note(event: "open" | "message" | "close", { id, target = "" }: Pick<CommPayload, "id" | "target">): void {
    if (event === "open") this.#targets.set(id, target);
    else if (event === "close") this.#targets.delete(id);
  }

  /** Content of comm_info_reply; all targets when none is asked for. */
  info(target?: string | null): Record<string, unknown> {
    const open = [...this.#targets].filter(([, name]) => target == null || name === target);
    return { status: "ok", comms: Object.fromEntries(open.map(([id, name]) => [id, { target_name: name }])) };
  }
}
