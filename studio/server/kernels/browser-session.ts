/**
 * One front end's conversation with one kernel: its ZeroMQ sockets, and the WebSocket when it is there.
 *
 * The conversation outlives the connection. When the WebSocket goes away (the network, a sleeping laptop),
 * replies and outputs are kept, and handed over when the same front end (same session id) is back. A reloaded
 * page is a new front end; what the old one missed is the output keeper's business.
 */
import type { WebSocket } from "ws";
import { DELIMITER, sign, splitFrames, verify } from "../../../kernels/protocol/message.ts";
import type { ConnectionInfo } from "../../../kernels/protocol/connection.ts";
import { ChannelSocket } from "../../kernels/channel-socket.ts";
import type { Framing } from "./framing.ts";

/** What a front end that is away may miss before it has to start anew, in bytes. */
const KEPT_BYTES = 32 * 2 ** 20;

const CHANNELS = ["shell", "control", "stdin"] as const;
type RequestChannel = (typeof CHANNELS)[number];

export interface BrowserSessionEvents {
  /** A request on its way to the kernel: header, parent, metadata and content as JSON bytes. */
  onRequest: (parts: Uint8Array[]) => void;
  /** It has been away too long; the owner closes it. */
  onOverflow: () => void;
}

export class BrowserSession {
  readonly id: string;
  readonly #connection: ConnectionInfo;
  readonly #sockets: Record<RequestChannel, ChannelSocket>;
  readonly #events: BrowserSessionEvents;
  #webSocket?: WebSocket;
  #framing?: Framing;
  #missed: { channel: string; parts: Uint8Array[] }[] = [];
  #missedBytes = 0;

  constructor(id: string, connection: ConnectionInfo, events: BrowserSessionEvents) {
    this.id = id;
    this.#connection = connection;
    this.#events = events;
    this.#sockets = Object.fromEntries(CHANNELS.map((channel) => [channel, this.#open(channel)])) as Record<
      RequestChannel,
      ChannelSocket
    >;
  }

  get isAttached(): boolean {
    return this.#webSocket !== undefined;
  }

  /** Takes over a new WebSocket and first sends what was missed. */
  attach(webSocket: WebSocket, framing: Framing, onDetach: () => void): void {
    this.#webSocket?.close();
    this.#webSocket = webSocket;
    this.#framing = framing;
    webSocket.on("message", (data: Buffer, isBinary: boolean) => this.#onMessage(webSocket, data, isBinary));
    webSocket.on("close", () => {
      if (this.#webSocket !== webSocket) return; // Replaced by a newer one.
      this.#webSocket = undefined;
      onDetach();
    });
    webSocket.on("error", () => webSocket.terminate());
    const missed = this.#missed;
    this.#missed = [];
    this.#missedBytes = 0;
    for (const { channel, parts } of missed) this.send(channel, parts);
  }

  /** Hands a message of the kernel to the front end, now or when it is back. */
  send(channel: string, parts: Uint8Array[]): void {
    if (this.#webSocket && this.#framing) {
      this.#webSocket.send(this.#framing.encode({ channel, parts }));
      return;
    }
    this.#missed.push({ channel, parts });
    this.#missedBytes += parts.reduce((sum, part) => sum + part.length, 0);
    if (this.#missedBytes > KEPT_BYTES) this.#events.onOverflow();
  }

  /** Lets the connection go and keeps the conversation. */
  detach(): void {
    this.#webSocket?.close(1001); // 1001: going away.
    this.#webSocket = undefined;
  }

  close(): void {
    this.detach();
    for (const socket of Object.values(this.#sockets)) socket.close();
  }

  #open(channel: RequestChannel): ChannelSocket {
    const socket = new ChannelSocket(this.#connection, channel, this.id);
    void socket.receive((frames) => {
      const parts = verifiedParts(frames, this.#connection.key);
      if (parts) this.send(channel, parts);
    });
    return socket;
  }

  #onMessage(webSocket: WebSocket, data: Buffer, isBinary: boolean): void {
    try {
      const { channel, parts } = this.#framing!.decode(data, isBinary);
      const socket = this.#sockets[channel as RequestChannel];
      if (socket === undefined)
        throw new Error(`expected a channel of ${CHANNELS.join(", ")}, got ${channel}`);
      this.#events.onRequest(parts);
      void socket.send([DELIMITER, sign(this.#connection.key, parts.slice(0, 4)), ...parts]);
    } catch (error) {
      webSocket.close(1003, (error as Error).message.slice(0, 120)); // 1003: unacceptable data.
    }
  }
}

/** The JSON parts and buffers of a ZeroMQ message; undefined when the signature does not fit. */
export function verifiedParts(frames: readonly Uint8Array[], key: string): Uint8Array[] | undefined {
  const split = splitFrames(frames);
  if (!split || split.parts.length < 5) return undefined;
  const [signature, ...parts] = split.parts;
  return verify(key, signature, parts.slice(0, 4)) ? parts : undefined;
}
