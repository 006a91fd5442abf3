/**
 * What the user's code puts out, on its way to iopub: in order, under the request that caused it.
 *
 * Neighbouring stream writes of a cell are joined for up to 15 ms, so 100,000 console.log calls become some
 * hundred messages; everything else first pushes out the streams before it.
 */
import type { Header } from "../../protocol/message.ts";
import type { FromUser } from "../shared/messages.ts";
import type { Extras, Sockets } from "./sockets.ts";

const JOIN_MS = 15;
const JOIN_CHARACTERS = 1 << 16;
/** Requests whose late output still finds them. */
const KEPT_PARENTS = 5_000;

type Stream = Extract<FromUser, { type: "stream" }>;
type Display = Extract<FromUser, { type: "display" }>;

export class Output {
  readonly #sockets: Sockets;
  readonly #parents = new Map<number, Header>();
  #pending: { cell: number; name: string; texts: string[]; characters: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(sockets: Sockets) {
    this.#sockets = sockets;
  }

  /** From now on output of `cell` belongs to the request with this header. */
  setParent(cell: number, header: Header): void {
    this.#parents.set(cell, header);
    if (this.#parents.size > KEPT_PARENTS) this.#parents.delete(this.#parents.keys().next().value!);
  }

  parent(cell: number): Header | undefined {
    return this.#parents.get(cell);
  }

  stream({ cell, name, text }: Omit<Stream, "type">): void {
    if (this.#pending && (this.#pending.cell !== cell || this.#pending.name !== name)) this.flush();
    this.#pending ??= { cell, name, texts: [], characters: 0 };
    this.#timer ??= setTimeout(() => this.flush(), JOIN_MS);
    this.#pending.texts.push(text);
    this.#pending.characters += text.length;
    if (this.#pending.characters >= JOIN_CHARACTERS) this.flush();
  }

  display({ cell, data, metadata, displayId, update, buffers }: Omit<Display, "type">): void {
    const content = {
      data: JSON.parse(data),
      metadata: JSON.parse(metadata),
      transient: displayId === undefined ? {} : { display_id: displayId },
    };
    this.publish(update ? "update_display_data" : "display_data", content, cell, { buffers });
  }

  publish(type: string, content: unknown, cell: number, extras?: Extras): void {
    this.flush();
    void this.#sockets.publish(type, content, this.#parents.get(cell), extras);
  }

  /** Sends the streams that are still being joined. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#pending) return;
    const { cell, name, texts } = this.#pending;
    this.#pending = undefined;
    void this.#sockets.publish("stream", { name, text: texts.join("") }, this.#parents.get(cell));
  }
}
