/**
 * A running kernel as the server holds it: the process, its iopub stream, the front ends that listen.
 */
import { randomUUID } from "node:crypto";
import type { WebSocket } from "ws";
import { Subscriber } from "zeromq";
import { channelUrl } from "../../../kernels/protocol/connection.ts";
import { makeHeader, type Message } from "../../../kernels/protocol/message.ts";
import { KernelClient } from "../../kernels/kernel-client.ts";
import { KernelProcess, type KernelExit } from "../../kernels/kernel-process.ts";
import type { KernelSpec } from "../../kernels/kernel-spec.ts";
import { BrowserSession, verifiedParts } from "./browser-session.ts";
import type { Framing } from "./framing.ts";
import { OutputKeeper } from "./output-keeper.ts";

export type ExecutionState = "starting" | "idle" | "busy" | "restarting" | "dead" | "unknown";

/** `kernel` in the REST API. */
export interface KernelModel {
  id: string;
  name: string;
  /** ISO 8601. */
  last_activity: string;
  execution_state: ExecutionState;
  /** Front ends that are connected. */
  connections: number;
}

/** How long a front end that lost its connection may stay away, in ms. */
const AWAY_MS = 10 * 60_000;
/** A kernel that dies within this time of its start, and not by a cell's doing, would only die again, in ms. */
const YOUNG_MS = 2_000;
/** How long a kernel may take to answer for the first time, in ms. */
const START_MS = 60_000;

export class LiveKernel {
  readonly id = randomUUID();
  readonly process: KernelProcess;
  /** Outputs of cells, for when the front end that asked for them is gone. */
  readonly keeper: OutputKeeper;
  readonly #sessions = new Map<string, BrowserSession>();
  readonly #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  #state: ExecutionState = "starting";
  #lastActivity = new Date();
  /** When the kernel last became ready, in ms. */
  #readySince = 0;
  /** Was a cell sent to it since it started? */
  #worked = false;
  /** Has its iopub reached us since it started? */
  #heard = false;

  /** Starts the process and waits until it answers. @throws GradbookError with the kernel's last words */
  static async start(spec: KernelSpec, cwd: string): Promise<LiveKernel> {
    const kernel = new LiveKernel(await KernelProcess.start(spec, { cwd }));
    try {
      await kernel.#waitUntilReady();
    } catch (error) {
      await kernel.shutdown();
      const lastWords = kernel.process.lastLines.slice(-10).join("\n");
      throw lastWords === ""
        ? error
        : new Error(`${(error as Error).message}\n${lastWords}`, { cause: error });
    }
    return kernel;
  }

  private constructor(process: KernelProcess) {
    this.process = process;
    this.keeper = new OutputKeeper((session) => this.#sessions.get(session)?.isAttached ?? false);
    this.#iopub.connect(channelUrl(process.connection, "iopub"));
    this.#iopub.subscribe();
    void this.#pump();
    process.onExit((exit) => this.#onExit(exit));
  }

  get model(): KernelModel {
    return {
      id: this.id,
      name: this.process.spec.name,
      last_activity: this.#lastActivity.toISOString(),
      execution_state: this.#state,
      connections: [...this.#sessions.values()].filter((session) => session.isAttached).length,
    };
  }

  /** Connects a front end's WebSocket; the same session id continues its conversation. */
  connect(webSocket: WebSocket, sessionId: string, framing: Framing): void {
    let session = this.#sessions.get(sessionId);
    if (!session) {
      session = new BrowserSession(sessionId, this.process.connection, {
        onRequest: (parts) => {
          if (Buffer.from(parts[0]).includes('"execute_request"')) this.#worked = true;
          this.keeper.onRequest(sessionId, parts);
        },
        onOverflow: () => this.#drop(sessionId),
      });
      this.#sessions.set(sessionId, session);
    }
    session.attach(webSocket, framing, () => {
      this.keeper.onDetach();
      setTimeout(() => {
        if (!this.#sessions.get(sessionId)?.isAttached) this.#drop(sessionId);
      }, AWAY_MS).unref();
    });
  }

  interrupt(): Promise<void> {
    return this.process.interrupt();
  }

  async restart(): Promise<void> {
    this.keeper.onKernelGone("the kernel was restarted");
    this.#state = "restarting";
    await this.process.restart();
    await this.#waitUntilReady();
  }

  /** Lets all front ends go: the server ends, and what they have not saved is the keeper's. */
  disconnectAll(): void {
    for (const session of this.#sessions.values()) session.detach();
  }

  async shutdown(): Promise<void> {
    await this.process.shutdown();
    for (const id of [...this.#sessions.keys()]) this.#drop(id);
    this.#iopub.close();
  }

  async #waitUntilReady(): Promise<void> {
    this.#state = "starting";
    this.#heard = false;
    const client = new KernelClient(this.process.connection, this.process);
    try {
      // Front ends hear the kernel through our own subscription: it has to have joined, too.
      await client.ready(START_MS, () => this.#heard);
      this.#state = "idle";
      this.#readySince = Date.now();
      this.#worked = false;
    } finally {
      client.close();
    }
  }

  async #pump(): Promise<void> {
    for await (const frames of this.#iopub) {
      const parts = verifiedParts(frames, this.process.connection.key);
      if (!parts) continue;
      this.#heard = true;
      this.#lastActivity = new Date();
      const message = parseParts(parts);
      if (message.header.msg_type === "status")
        this.#state = message.content.execution_state as ExecutionState;
      for (const session of this.#sessions.values()) session.send("iopub", parts);
      this.keeper.onIopub(message);
    }
  }

  #onExit({ expected, reason }: KernelExit): void {
    if (expected) return;
    for (const { session, msgId, error } of this.keeper.onKernelGone(`the kernel died (${reason})`)) {
      const { output_type: type, ...content } = error;
      const parent = { ...makeHeader("execute_request", session, "server"), msg_id: msgId };
      this.#sessions
        .get(session)
        ?.send("iopub", partsOf(makeHeader(type, this.id, "server"), parent, content));
    }
    void this.#startAgain();
  }

  /** After a death: front ends read "restarting" as such and say it. A kernel that dies at its start stays dead. */
  async #startAgain(): Promise<void> {
    if (Date.now() - this.#readySince < YOUNG_MS && !this.#worked) return this.#announce("dead");
    this.#announce("restarting");
    try {
      await this.process.restart();
      await this.#waitUntilReady();
    } catch {
      this.#announce("dead");
    }
  }

  /** Tells every front end a state that the kernel itself cannot tell. */
  #announce(state: ExecutionState): void {
    this.#state = state;
    const parts = partsOf(makeHeader("status", this.id, "server"), {}, { execution_state: state });
    for (const session of this.#sessions.values()) session.send("iopub", parts);
  }

  #drop(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    session?.close();
  }
}

/** A message of the server itself, without metadata. */
const partsOf = (header: object, parent: object, content: object): Buffer[] =>
  [header, parent, {}, content].map((part) => Buffer.from(JSON.stringify(part)));

function parseParts(parts: Uint8Array[]): Message {
  const [header, parent_header, metadata, content] = parts
    .slice(0, 4)
    .map((part) => JSON.parse(Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString()));
  return { identities: [], header, parent_header, metadata, content, buffers: parts.slice(4) };
}
