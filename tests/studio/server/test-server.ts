/** A real server on a folder of its own, with Jupyter's folders apart from the user's. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { WebSocket } from "ws";
import { makeHeader } from "../../../kernels/protocol/message.ts";
import { startServer, type RunningServer } from "../../../studio/server/index.ts";
import { V1_PROTOCOL, v1Framing, type Framing } from "../../../studio/server/kernels/framing.ts";

export interface TestServer extends RunningServer {
  /** The served folder. */
  folder: string;
  origin: string;
  /** Parent of the served folder: what must stay out of reach. */
  outside: string;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** JSON of a request that must succeed. */
  json<T>(path: string, method?: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const outside = mkdtempSync(path.join(tmpdir(), "gradbook-server-"));
  const folder = path.join(outside, "root");
  mkdirSync(folder);
  process.env.JUPYTER_DATA_DIR = path.join(outside, "data");
  process.env.JUPYTER_CONFIG_DIR = path.join(outside, "config");
  const server = await startServer({ root: folder, token: "right-token" });
  const origin = `http://127.0.0.1:${server.port}`;
  const request = (at: string, init: RequestInit = {}) =>
    fetch(origin + at, {
      ...init,
      redirect: "manual",
      headers: { Authorization: "token right-token", ...init.headers },
    });
  return {
    ...server,
    folder,
    origin,
    outside,
    request,
    json: async <T>(at: string, method = "GET", body?: unknown) => {
      const response = await request(at, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${await response.text()}`);
      return (response.status === 204 ? undefined : await response.json()) as T;
    },
    stop: async () => {
      await server.close();
      rmSync(outside, { recursive: true, force: true });
    },
  };
}

/** A message on its way to or from the page. */
export interface ChannelMessage {
  channel: string;
  header: { msg_id: string; msg_type: string };
  parent_header: { msg_id?: string };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  content: any;
}

/** What a page does with a kernel: one WebSocket, requests out, messages in. */
export class Page {
  readonly messages: ChannelMessage[] = [];
  readonly #socket: WebSocket;
  readonly #session: string;
  readonly #framing: Framing;
  readonly #waiting = new Set<() => void>();

  static async open(
    server: TestServer,
    kernelId: string,
    session: string,
    token = "right-token",
    framing: Framing = v1Framing,
  ): Promise<Page> {
    const url = `ws://127.0.0.1:${server.port}/api/kernels/${kernelId}/channels?session_id=${session}&token=${token}`;
    const page = new Page(new WebSocket(url, framing === v1Framing ? V1_PROTOCOL : []), session, framing);
    await new Promise((resolve, reject) => page.#socket.once("open", resolve).once("error", reject));
    return page;
  }

  private constructor(socket: WebSocket, session: string, framing: Framing) {
    this.#socket = socket;
    this.#session = session;
    this.#framing = framing;
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      const { channel, parts } = framing.decode(data, isBinary);
      const [header, parent_header, , content] = parts.slice(0, 4).map((part) => JSON.parse(String(part)));
      this.messages.push({ channel, header, parent_header, content });
      for (const wake of this.#waiting) wake();
    });
  }

  /** Sends an execute request as JupyterLab does for a cell; returns its id. */
  run(code: string, cellId: string): string {
    const header = makeHeader("execute_request", this.#session);
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const parts = [header, {}, { cellId }, content].map((part) => Buffer.from(JSON.stringify(part)));
    this.#socket.send(this.#framing.encode({ channel: "shell", parts }));
    return header.msg_id;
  }

  /** The first message, earlier ones included, that the test accepts. */
  async until(accepts: (message: ChannelMessage) => boolean): Promise<ChannelMessage> {
    for (;;) {
      const found = this.messages.find(accepts);
      if (found) return found;
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  idle(msgId: string): Promise<ChannelMessage> {
    return this.until(
      ({ header, parent_header, content }) =>
        header.msg_type === "status" && content.execution_state === "idle" && parent_header.msg_id === msgId,
    );
  }

  /** The text that a request printed so far. */
  printed(msgId: string): string {
    return this.messages
      .filter(({ header, parent_header }) => header.msg_type === "stream" && parent_header.msg_id === msgId)
      .map(({ content }) => content.text)
      .join("");
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once("close", resolve));
    this.#socket.close();
    await closed;
  }
}

/** A notebook's JSON with code cells `cell-0`, `cell-1`, …. */
export function notebookOf(...sources: string[]) {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" },
    },
    cells: sources.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: {},
      source,
      execution_count: null as number | null,
      outputs: [] as unknown[],
    })),
  };
}
