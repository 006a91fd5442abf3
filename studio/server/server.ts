/**
 * Starts the server: bundle, folder, gate, kernels, HTTP and WebSockets; and ends it.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import { hostname } from "node:os";
import path from "node:path";
import type { Duplex } from "node:stream";
import { createAdaptorServer } from "@hono/node-server";
import { WebSocketServer } from "ws";
import { labBundle } from "../lab/bundle/index.ts";
import { jupyterConfigDir, jupyterUserDataDir } from "../kernels/jupyter-paths.ts";
import { createApp } from "./app.ts";
import { RootFolder } from "./contents/root-folder.ts";
import { TrustStore } from "./contents/trust.ts";
import { jsonFraming, V1_PROTOCOL, v1Framing } from "./kernels/framing.ts";
import { KernelHub } from "./kernels/kernel-hub.ts";
import { OrphanWriter } from "./kernels/orphan-writer.ts";
import { Sessions } from "./kernels/sessions.ts";
import { listen } from "./port.ts";
import { findRunningServer, forgetServer, recordServer } from "./runtime-file.ts";
import { Gate, type Visit } from "./security/gate.ts";
import { keptSecret } from "./security/secret.ts";

export interface ServerOptions {
  /** Folder whose notebooks are served. */
  root: string;
  /** Exactly this port; without it 8888 or the next free one. */
  port?: number;
  /** Address to listen on; loopback unless the user says otherwise. */
  host?: string;
  /** What a browser has to show; random unless given. */
  token?: string;
  /** Names by which browsers may call this server, besides localhost and addresses. */
  allowHosts?: string[];
  /** API path of a notebook that the printed address opens. */
  open?: string;
  /** What is being done, one line each. */
  onProgress?: (line: string) => void;
}

export interface RunningServer {
  /** With the token; opens the page. */
  url: string;
  port: number;
  root: string;
  token: string;
  /** True when a server of this folder ran already: then `url` is its address, and close() leaves it alone. */
  alreadyRunning: boolean;
  /** Kept when the server has ended, by close() or from the page. */
  closed: Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_PORT = 8888;
/** Largest WebSocket message, in bytes. */
const MAX_MESSAGE = 512 * 2 ** 20;

/** @throws GradbookError when the port is taken, the folder is missing or the bundle cannot be built */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const started = new Date();
  const root = new RootFolder(options.root);
  const host = options.host ?? "127.0.0.1";
  const pagePath = options.open
    ? `/lab/tree/${options.open.split("/").map(encodeURIComponent).join("/")}`
    : "/lab";

  const running = await findRunningServer(root.path);
  if (running && (options.port === undefined || options.port === running.port)) {
    const url = `${running.url}${pagePath}?token=${running.token}`;
    const done = Promise.resolve();
    return { ...running, url, alreadyRunning: true, closed: done, close: () => done };
  }

  const bundle = await labBundle(options.onProgress);
  const hub = new KernelHub();
  const sessions = new Sessions(root, hub);
  const dataDir = path.join(jupyterUserDataDir(), "gradbook");
  const trust = new TrustStore(dataDir, keptSecret(dataDir, "notebook-secret"));
  const orphans = new OrphanWriter(root, trust, hub, sessions);
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();

  // The app needs the port (for its cookies), the port needs a server: the app is put in before the first request.
  let fetch: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 });
  const server = createAdaptorServer({
    fetch: (request) => fetch(request),
    overrideGlobalObjects: false, // Its Response is not one that WebAssembly takes, and reports load WebAssembly.
  }) as Server;
  const port = await listen(server, host, options.port, DEFAULT_PORT);
  const token = options.token ?? randomBytes(24).toString("hex");
  const gate = new Gate({
    token,
    secret: keptSecret(dataDir, "cookie-secret"),
    port,
    hostNames: [host, hostname().toLowerCase(), ...(options.allowHosts ?? [])],
  });
  const close = async () => {
    forgetServer(port);
    await hub.shutdownAll();
    server.closeAllConnections();
    server.close(() => onClosed());
    await closed;
  };
  const app = createApp({
    gate,
    root,
    trust,
    hub,
    sessions,
    orphans,
    bundle,
    configDir: jupyterConfigDir(),
    started,
    shutdown: () => void close(),
  });
  fetch = (request) => app.fetch(request);
  acceptWebSockets(server, gate, hub);

  const name = host.includes(":") ? `[${host}]` : host === "0.0.0.0" ? "127.0.0.1" : host;
  const url = `http://${name}:${port}`;
  recordServer({ url, port, root: root.path, token, pid: process.pid });
  return {
    url: `${url}${pagePath}?token=${token}`,
    port,
    root: root.path,
    token,
    alreadyRunning: false,
    closed,
    close,
  };
}

/** `/api/kernels/ID/channels` goes to a kernel, `/api/events/subscribe` is accepted and stays silent. */
function acceptWebSockets(server: Server, gate: Gate, hub: KernelHub): void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    handleProtocols: (offered) => (offered.has(V1_PROTOCOL) ? V1_PROTOCOL : false),
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const visit = visitOfUpgrade(request);
    const refusal = gate.refuse(visit);
    if (refusal) return reject(socket, refusal.status);
    if (visit.url.pathname === "/api/events/subscribe") {
      return sockets.handleUpgrade(request, socket, head, () => {});
    }
    const id = /^\/api\/kernels\/([\w-]+)\/channels$/.exec(visit.url.pathname)?.[1];
    const kernel = id === undefined ? undefined : hub.find(id);
    if (!kernel) return reject(socket, 404);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const session = visit.url.searchParams.get("session_id") || randomBytes(16).toString("hex");
      kernel.connect(webSocket, session, webSocket.protocol === V1_PROTOCOL ? v1Framing : jsonFraming);
    });
  });
}

function visitOfUpgrade(request: IncomingMessage): Visit {
  return {
    method: request.method ?? "GET",
    url: new URL(request.url ?? "/", "http://localhost"),
    header: (name) => {
      const value = request.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join("; ") : value;
    },
  };
}

function reject(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
