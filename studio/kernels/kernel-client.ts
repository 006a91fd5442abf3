/**
 * A kernel's client: sends requests over ZeroMQ, pairs replies with them, hands on iopub messages.
 *
 * One client is one session of the protocol. Left out: the heartbeat channel (the owner of the process
 * sees its exit directly).
 */
import { randomUUID } from "node:crypto";
import { Subscriber } from "zeromq";
import { channelUrl, type ConnectionInfo } from "../../kernels/protocol/connection.ts";
import { decodeMessage, encodeMessage, makeHeader, type Message } from "../../kernels/protocol/message.ts";
import { fail, GradbookError } from "../../lib/core/errors.ts";
import { ChannelSocket } from "./channel-socket.ts";

export type RequestChannel = "shell" | "control";

/** A message as clients see it; `content` is as open as the protocol. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type KernelMessage = Message<any>;

export interface RequestOptions {
  metadata?: Record<string, unknown>;
  buffers?: Uint8Array[];
  /** Give up after this many ms; without it, wait as long as the kernel lives. */
  timeoutMs?: number;
}

export interface ExecuteOptions {
  /** Leave no trace: no execution count, no history, no result. */
  silent?: boolean;
  storeHistory?: boolean;
  /** Let the code ask for input; answered by `onStdin`. */
  allowStdin?: boolean;
  /** Drop queued requests after an error. */
  stopOnError?: boolean;
  userExpressions?: Record<string, string>;
  metadata?: Record<string, unknown>;
  /** Each iopub message that this cell caused, in order, `status` included. */
  onIopub?: (message: KernelMessage) => void;
  /** The answer to `input()`. */
  onStdin?: (prompt: string, password: boolean) => string | Promise<string>;
}

/** Content of `execute_reply`. */
export interface ExecuteReply {
  status: "ok" | "error" | "aborted";
  execution_count: number;
  ename?: string;
  evalue?: string;
  traceback?: string[];
  user_expressions?: Record<string, unknown>;
  payload?: Record<string, unknown>[];
}

/** What a client wants to know of a KernelProcess. */
export interface Mortal {
  onExit(handler: (exit: { expected: boolean; reason: string }) => void): () => void;
}

interface Pending {
  onReply: (message: KernelMessage) => void;
  onIopub?: (message: KernelMessage) => void;
  onStdin?: ExecuteOptions["onStdin"];
  reject: (reason: Error) => void;
}

/** Pause between two kernel_info requests while a kernel starts, in ms. */
const NUDGE_MS = 100;

export class KernelClient {
  readonly session = randomUUID();
  readonly connection: ConnectionInfo;
  readonly #sockets: Record<"shell" | "control" | "stdin", ChannelSocket>;
  readonly #iopub: Subscriber;
  readonly #pending = new Map<string, Pending>();
  readonly #iopubHandlers = new Set<(message: KernelMessage) => void>();
  readonly #forgetProcess?: () => void;
  #closed = false;

  /** @param mortal the process behind the connection: when it ends, open requests fail instead of waiting. */
  constructor(connection: ConnectionInfo, mortal?: Mortal) {
    this.connection = connection;
    const open = (channel: "shell" | "control" | "stdin") => {
      const socket = new ChannelSocket(connection, channel, this.session);
      void socket.receive((frames) => this.#dispatch(frames, (m) => this.#onChannelMessage(channel, m)));
      return socket;
    };
    this.#sockets = { shell: open("shell"), control: open("control"), stdin: open("stdin") };
    this.#iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
    this.#iopub.connect(channelUrl(connection, "iopub"));
    this.#iopub.subscribe();
    void this.#pumpIopub();
    this.#forgetProcess = mortal?.onExit((exit) => this.#rejectAll(kernelDied(exit)));
  }

  /**
   * Waits until the kernel answers on shell and its iopub reaches this client.
   *
   * iopub is publish–subscribe: what is published before the subscription arrived is lost, so the first
   * cell's output could be. Asking until an iopub message is heard closes that gap.
   * @param alsoHeard whether another subscriber that has to be there from the start hears it too
   * @returns content of `kernel_info_reply`
   * @throws GradbookError after `timeoutMs`, or when the kernel died
   */
  async ready(timeoutMs = 60_000, alsoHeard = () => true): Promise<Record<string, unknown>> {
    let heard = false;
    const unsubscribe = this.onIopub(() => (heard = true));
    const deadline = Date.now() + timeoutMs;
    try {
      let info: Record<string, unknown> | undefined;
      while (info === undefined || !heard || !alsoHeard()) {
        if (Date.now() > deadline) {
          fail("kernel", {
            expected: `an answer within ${timeoutMs / 1000} s of its start`,
            got: "none",
            hint: "look at its output, or start it again",
          });
        }
        info = await this.request("kernel_info_request", {}, "shell", { timeoutMs: NUDGE_MS })
          .then((reply) => reply.content)
          .catch((error: Error) => {
            if (error instanceof RequestTimeout) return info;
            throw error;
          });
        if (!heard || !alsoHeard()) await new Promise((resolve) => setTimeout(resolve, NUDGE_MS / 4));
      }
      return info;
    } finally {
      unsubscribe();
    }
  }

  /** Runs code; the promise is kept when the reply and the cell's `idle` both arrived, so all output is in. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<ExecuteReply> {
    const { promise: idle, resolve: onIdle } = Promise.withResolvers<void>();
    const content = {
      code,
      silent: options.silent ?? false,
      store_history: options.storeHistory ?? !options.silent,
      user_expressions: options.userExpressions ?? {},
      allow_stdin: options.allowStdin ?? options.onStdin !== undefined,
      stop_on_error: options.stopOnError ?? true,
    };
    const reply = await this.#ask(
      "execute_request",
      content,
      "shell",
      { metadata: options.metadata },
      {
        onStdin: options.onStdin,
        onIopub: (message) => {
          options.onIopub?.(message);
          if (message.header.msg_type === "status" && message.content.execution_state === "idle") onIdle();
        },
        until: idle,
      },
    );
    return reply.content as ExecuteReply;
  }

  /** Sends one request and waits for its reply. */
  request(
    type: string,
    content: Record<string, unknown>,
    channel: RequestChannel = "shell",
    options: RequestOptions = {},
  ): Promise<KernelMessage> {
    return this.#ask(type, content, channel, options, {});
  }

  /** Sends a message that has no reply (`comm_open`, `comm_msg`, `comm_close`); returns its id. */
  send(
    type: string,
    content: Record<string, unknown>,
    channel: RequestChannel = "shell",
    options: Pick<RequestOptions, "metadata" | "buffers"> = {},
  ): string {
    const message = this.#message(type, content, options);
    void this.#sockets[channel].send(encodeMessage(message, this.connection.key));
    return message.header.msg_id;
  }

  /** Hears every iopub message, also of other clients' requests; returns the unsubscribe function. */
  onIopub(handler: (message: KernelMessage) => void): () => void {
    this.#iopubHandlers.add(handler);
    return () => this.#iopubHandlers.delete(handler);
  }

  /** Closes the sockets; open requests are rejected. The kernel goes on. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forgetProcess?.();
    this.#rejectAll(new GradbookError("kernel client", "closed while a request was open"));
    for (const socket of Object.values(this.#sockets)) socket.close();
    this.#iopub.close();
  }

  async #ask(
    type: string,
    content: Record<string, unknown>,
    channel: RequestChannel,
    options: RequestOptions,
    hooks: Pick<Pending, "onIopub" | "onStdin"> & { until?: Promise<void> },
  ): Promise<KernelMessage> {
    if (this.#closed) fail("kernel client", { expected: `an open client for ${type}`, got: "a closed one" });
    const message = this.#message(type, content, options);
    const id = message.header.msg_id;
    const { promise: reply, resolve: onReply } = Promise.withResolvers<KernelMessage>();
    const { promise: failure, reject } = Promise.withResolvers<never>();
    failure.catch(() => {}); // Every wait below races against it; between the waits nobody listens.
    this.#pending.set(id, { onReply, reject, onIopub: hooks.onIopub, onStdin: hooks.onStdin });
    const { timeoutMs } = options;
    const timer =
      timeoutMs &&
      setTimeout(
        () => reject(new RequestTimeout("kernel", `no reply to ${type} in ${timeoutMs} ms`)),
        timeoutMs,
      );
    try {
      await this.#sockets[channel].send(encodeMessage(message, this.connection.key));
      const answer = await Promise.race([reply, failure]);
      if (hooks.until) await Promise.race([hooks.until, failure]);
      return answer;
    } finally {
      clearTimeout(timer || undefined);
      this.#pending.delete(id);
    }
  }

  #message(type: string, content: Record<string, unknown>, options: RequestOptions): Message<unknown> {
    return {
      identities: [],
      header: makeHeader(type, this.session),
      parent_header: {},
      metadata: options.metadata ?? {},
      content,
      buffers: options.buffers ?? [],
    };
  }

  /** Decodes and hands on; a message that is broken or wrongly signed is dropped, as the protocol asks. */
  #dispatch(frames: Buffer[], handler: (message: KernelMessage) => void): void {
    let message: KernelMessage;
    try {
      message = decodeMessage(frames, this.connection.key);
    } catch {
      return;
    }
    handler(message);
  }

  #onChannelMessage(channel: "shell" | "control" | "stdin", message: KernelMessage): void {
    const pending = this.#pending.get((message.parent_header as { msg_id?: string }).msg_id ?? "");
    if (!pending) return;
    if (channel !== "stdin") pending.onReply(message);
    else if (message.header.msg_type === "input_request") void this.#answerInput(message, pending);
  }

  async #answerInput(question: KernelMessage, pending: Pending): Promise<void> {
    const { prompt, password } = question.content as { prompt: string; password: boolean };
    try {
      const value = (await pending.onStdin?.(prompt, password)) ?? "";
      const reply = { ...this.#message("input_reply", { value }, {}), parent_header: question.header };
      await this.#sockets.stdin.send(encodeMessage(reply, this.connection.key));
    } catch (error) {
      pending.reject(error as Error);
    }
  }

  async #pumpIopub(): Promise<void> {
    for await (const frames of this.#iopub) {
      this.#dispatch(frames, (message) => {
        for (const handler of this.#iopubHandlers) handler(message);
        const parent = (message.parent_header as { msg_id?: string }).msg_id;
        if (parent) this.#pending.get(parent)?.onIopub?.(message);
      });
    }
  }

  #rejectAll(reason: Error): void {
    for (const pending of this.#pending.values()) pending.reject(reason);
  }
}

class RequestTimeout extends GradbookError {}

function kernelDied(exit: { expected: boolean; reason: string }): GradbookError {
  return new GradbookError(
    "kernel",
    exit.expected
      ? "expected a reply, but the kernel was stopped or restarted meanwhile"
      : `expected a reply, but the kernel died (${exit.reason}); restart it to go on`,
  );
}
