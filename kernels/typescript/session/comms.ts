/** The kernel's ends of comms: two-way channels to objects in the front end (ipywidgets and others). */
import { randomUUID } from "node:crypto";
import type { Comm, CommMessage, NotebookHost, SendOptions } from "../../../lib/notebook/host.ts";
import type { CommPayload, FromUser } from "../shared/messages.ts";
import { currentCell } from "./cell-context.ts";
import { toJson } from "./json.ts";

type OpenHandler = (comm: Comm, message: CommMessage) => void;

export class Comms implements Pick<NotebookHost, "openComm" | "onCommOpen"> {
  readonly #post: (message: FromUser) => void;
  readonly #open = new Map<string, Comm>();
  readonly #targets = new Map<string, OpenHandler>();

  constructor(post: (message: FromUser) => void) {
    this.#post = post;
  }

  openComm(
    target: string,
    { id = randomUUID(), data = {}, ...options }: SendOptions & { id?: string; data?: object } = {},
  ): Comm {
    const comm = this.#make(id, target);
    this.#send("open", id, data, options, target);
    return comm;
  }

  onCommOpen(target: string, handler: OpenHandler): void {
    this.#targets.set(target, handler);
  }

  /** A message from the front end. An open for a target that nobody handles is closed again, as the protocol asks. */
  receive(
    event: "open" | "message" | "close",
    { id, target = "", data, metadata, buffers }: CommPayload,
  ): void {
    const message = { data: JSON.parse(data), metadata: JSON.parse(metadata), buffers } as CommMessage;
    if (event === "open") {
      const handler = this.#targets.get(target);
      if (!handler) return this.#send("close", id, {}, {});
      handler(this.#make(id, target), message);
      return;
    }
    const comm = this.#open.get(id);
    if (event === "message") return comm?.onMessage?.(message);
    this.#open.delete(id);
    comm?.onClose?.(message);
  }

  #make(id: string, target: string): Comm {
    const comm: Comm = {
      id,
      target,
      send: (data, options = {}) => this.#send("message", id, data, options),
      close: (data = {}) => {
        if (this.#open.delete(id)) this.#send("close", id, data, {});
      },
    };
    this.#open.set(id, comm);
    return comm;
  }

  #send(
    event: "open" | "message" | "close",
    id: string,
    data: object,
    options: SendOptions,
    target?: string,
  ) {
    const { metadata = {}, buffers = [] } = options;
    this.#post({
      type: "comm",
      cell: currentCell().cell,
      event,
      comm: { id, target, data: toJson(data), metadata: toJson(metadata), buffers },
    });
  }
}
