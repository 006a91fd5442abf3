/**
 * One DEALER socket of a kernel channel with an ordered send queue.
 *
 * zeromq.js allows a single pending send per socket; callers here may send at any time, and messages
 * leave in the order of the calls.
 */
import { Dealer } from "zeromq";
import { channelUrl, type Channel, type ConnectionInfo } from "../../kernels/protocol/connection.ts";

export class ChannelSocket {
  readonly #socket: Dealer;
  #queue: Promise<void> = Promise.resolve();

  /** @param routingId how the kernel addresses this client; shared by shell and stdin so that input finds it. */
  constructor(connection: ConnectionInfo, channel: Exclude<Channel, "iopub" | "hb">, routingId: string) {
    this.#socket = new Dealer({ routingId, linger: 0, sendHighWaterMark: 0, receiveHighWaterMark: 0 });
    this.#socket.connect(channelUrl(connection, channel));
  }

  /** Queues one multipart message. */
  send(frames: Uint8Array[]): Promise<void> {
    this.#queue = this.#queue.then(() => (this.#socket.closed ? undefined : this.#socket.send(frames)));
    return this.#queue;
  }

  /** Calls `handler` for each message until the socket is closed. */
  async receive(handler: (frames: Buffer[]) => void): Promise<void> {
    for await (const frames of this.#socket) handler(frames);
  }

  close(): void {
    this.#socket.close();
  }
}
