/**
 * The five ZeroMQ sockets of a kernel.
 *
 * zeromq.js allows one pending send per socket, so each has an ordered queue. iopub has no high-water mark:
 * a slow front end must get all output, not a sample. Broken or wrongly signed messages are dropped.
 * Source: Jupyter messaging protocol 5.4; iopub_welcome: Jupyter enhancement proposal 65.
 */
import { randomUUID } from "node:crypto";
import { Reply, Router, XPublisher } from "zeromq";
import { channelUrl, type ConnectionInfo } from "../../protocol/connection.ts";
import {
  decodeMessage,
  encodeMessage,
  makeHeader,
  type Header,
  type Message,
} from "../../protocol/message.ts";

export type RequestChannel = "shell" | "control" | "stdin";
// The protocol's contents are open objects; the handlers check what they use.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Request = Message<any>;

export interface Extras {
  metadata?: Record<string, unknown>;
  buffers?: Uint8Array[];
}

/** Is a message's part what the protocol calls a dictionary? */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Content of a reply to a request that could not be served. */
export function errorReply(error: unknown): Record<string, unknown> {
  const { name: ename, message: evalue } = error as Error;
  return { status: "error", ename, evalue, traceback: [] };
}

export class Sockets {
  readonly session = randomUUID();
  readonly #key: string;
  readonly #connection: ConnectionInfo;
  readonly #channels: Record<RequestChannel, Router>;
  readonly #iopub = new XPublisher({ linger: 500, sendHighWaterMark: 0, verbosity: "allSubs" });
  readonly #heartbeat = new Reply({ linger: 0 });
  readonly #queues = new Map<Router | XPublisher, Promise<void>>();

  constructor(connection: ConnectionInfo) {
    this.#connection = connection;
    this.#key = connection.key;
    const router = () => new Router({ linger: 500, sendHighWaterMark: 0, receiveHighWaterMark: 0 });
    this.#channels = { shell: router(), control: router(), stdin: router() };
  }

  /** Binds all ports and begins to hand requests to `onRequest`. */
  async open(onRequest: (channel: RequestChannel, request: Request) => void): Promise<void> {
    await this.#heartbeat.bind(channelUrl(this.#connection, "hb"));
    await this.#iopub.bind(channelUrl(this.#connection, "iopub"));
    for (const channel of ["stdin", "control", "shell"] as const) {
      await this.#channels[channel].bind(channelUrl(this.#connection, channel));
    }
    void this.#echoHeartbeat();
    void this.#welcomeSubscribers();
    for (const channel of ["stdin", "control", "shell"] as const) void this.#receive(channel, onRequest);
  }

  /** Publishes to every front end; kept when ZeroMQ has taken it. */
  publish(type: string, content: unknown, parent?: Header, extras?: Extras): Promise<void> {
    return this.#send(this.#iopub, [Buffer.from(type)], type, content, parent, extras);
  }

  reply(channel: RequestChannel, request: Request, content: unknown): Promise<void> {
    const type = request.header.msg_type.replace(/_request$/, "_reply");
    return this.#send(this.#channels[channel], request.identities, type, content, request.header);
  }

  /** A question to the one front end that sent `request`; the answer arrives as a stdin message. */
  askInput(request: Request, prompt: string, password: boolean): Promise<void> {
    const content = { prompt, password };
    return this.#send(this.#channels.stdin, request.identities, "input_request", content, request.header);
  }

  /** Sends what is queued, then closes. */
  async close(): Promise<void> {
    await Promise.all(this.#queues.values());
    for (const socket of [...Object.values(this.#channels), this.#iopub, this.#heartbeat]) socket.close();
  }

  #send(
    socket: Router | XPublisher,
    identities: Uint8Array[],
    type: string,
    content: unknown,
    parent: Header | undefined,
    { metadata = {}, buffers = [] }: Extras = {},
  ): Promise<void> {
    const frames = encodeMessage(
      {
        identities,
        header: makeHeader(type, this.session),
        parent_header: parent ?? {},
        metadata,
        content,
        buffers,
      },
      this.#key,
    );
    const sent = (this.#queues.get(socket) ?? Promise.resolve())
      .then(() => (socket.closed ? undefined : socket.send(frames)))
      .catch(() => {}); // The client has gone: nobody to tell.
    this.#queues.set(socket, sent);
    return sent;
  }

  async #receive(channel: RequestChannel, onRequest: (channel: RequestChannel, request: Request) => void) {
    for await (const frames of this.#channels[channel]) {
      let request: Request;
      try {
        request = decodeMessage(frames, this.#key);
      } catch {
        continue;
      }
      // Some clients send null for nothing.
      request.content ??= {};
      request.metadata ??= {};
      const { header, content, metadata } = request;
      if (![header, content, metadata].every(isObject) || typeof header.msg_type !== "string") continue;
      try {
        onRequest(channel, request);
      } catch (error) {
        // Thrown further, it would end this thread, and with it the process.
        void this.reply(channel, request, errorReply(error));
      }
    }
  }

  async #echoHeartbeat(): Promise<void> {
    for await (const frames of this.#heartbeat) await this.#heartbeat.send(frames);
  }

  /** Tells each new subscriber that from now on it hears everything. */
  async #welcomeSubscribers(): Promise<void> {
    for await (const [frame] of this.#iopub) {
      if (frame?.[0] !== 1) continue; // 0: unsubscribed
      const subscription = frame.subarray(1).toString();
      const topic = [Buffer.from(subscription)];
      void this.#send(this.#iopub, topic, "iopub_welcome", { subscription }, undefined);
    }
  }
}
