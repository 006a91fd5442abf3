/**
 * Sessions: which document talks to which kernel.
 *
 * They are what lets a notebook that is opened again find the kernel it left running.
 */
import { randomUUID } from "node:crypto";
import path from "node:path";
import { HTTPException } from "hono/http-exception";
import type { RootFolder } from "../contents/root-folder.ts";
import type { KernelHub } from "./kernel-hub.ts";
import type { KernelModel, LiveKernel } from "./live-kernel.ts";

export interface Session {
  id: string;
  /** API path of the document. */
  path: string;
  name: string;
  type: string;
  kernelId: string;
}

/** `session` in the REST API. */
export interface SessionModel {
  id: string;
  path: string;
  name: string;
  type: string;
  kernel: KernelModel | null;
  /** What older clients read instead of path and name. */
  notebook?: { path: string; name: string };
}

/** Body of POST and PATCH. */
export interface SessionRequest {
  path?: string;
  name?: string;
  type?: string;
  kernel?: { id?: string; name?: string } | null;
}

export class Sessions {
  readonly #root: RootFolder;
  readonly #hub: KernelHub;
  readonly #sessions = new Map<string, Session>();
  /** Being started, by path: two tabs that open one notebook at once share one kernel. */
  readonly #starting = new Map<string, Promise<Session>>();

  /** Called with each kernel that starts to serve a document. */
  onKernel: (kernel: LiveKernel) => void = () => {};

  constructor(root: RootFolder, hub: KernelHub) {
    this.#root = root;
    this.#hub = hub;
  }

  /** The session of a path, started when there is none. */
  async open(request: SessionRequest): Promise<SessionModel> {
    if (!request.path) throw new HTTPException(400, { message: "session: expected a path" });
    const existing = this.#byPath(request.path);
    if (existing && this.#hub.find(existing.kernelId)) return this.#model(existing);
    let starting = this.#starting.get(request.path);
    if (!starting) {
      starting = this.#start(request).finally(() => this.#starting.delete(request.path!));
      this.#starting.set(request.path, starting);
    }
    return this.#model(await starting);
  }

  get(id: string): SessionModel {
    return this.#model(this.#find(id));
  }

  all(): SessionModel[] {
    return [...this.#sessions.values()].map((session) => this.#model(session));
  }

  /** Another path, name or kernel. */
  async change(id: string, request: SessionRequest): Promise<SessionModel> {
    const session = this.#find(id);
    session.path = request.path ?? session.path;
    session.name = request.name ?? session.name;
    session.type = request.type ?? session.type;
    const { kernel } = request;
    if (kernel?.id && kernel.id !== session.kernelId) {
      session.kernelId = this.#hub.get(kernel.id).id;
    } else if (!kernel?.id && kernel?.name) {
      const old = this.#hub.find(session.kernelId);
      session.kernelId = (await this.#startKernel(kernel.name, session.path)).id;
      if (old) await this.#hub.shutdown(old.id);
    }
    return this.#model(session);
  }

  /** Ends the session and its kernel, unless another session uses that too. */
  async close(id: string): Promise<void> {
    const { kernelId } = this.#find(id);
    this.#sessions.delete(id);
    const isShared = [...this.#sessions.values()].some((other) => other.kernelId === kernelId);
    if (!isShared && this.#hub.find(kernelId)) await this.#hub.shutdown(kernelId);
  }

  /** Forgets the sessions of a kernel that was shut down by its own id. */
  onKernelShutdown(kernelId: string): void {
    for (const [id, session] of this.#sessions) if (session.kernelId === kernelId) this.#sessions.delete(id);
  }

  /** The kernel of the notebook at a path. */
  kernelOf(apiPath: string): LiveKernel | undefined {
    const session = this.#byPath(apiPath);
    return session && this.#hub.find(session.kernelId);
  }

  /** The notebook that a kernel serves. */
  notebookOf(kernelId: string): string | undefined {
    return [...this.#sessions.values()].find((s) => s.kernelId === kernelId && s.type === "notebook")?.path;
  }

  onRename(from: string, to: string): void {
    for (const session of this.#sessions.values()) {
      if (session.path === from) Object.assign(session, { path: to, name: path.posix.basename(to) });
      else if (session.path.startsWith(`${from}/`)) session.path = to + session.path.slice(from.length);
    }
  }

  async #start(request: SessionRequest): Promise<Session> {
    const { path: apiPath, name, type } = request as SessionRequest & { path: string };
    const kernel = request.kernel?.id
      ? this.#hub.get(request.kernel.id)
      : await this.#startKernel(request.kernel?.name, apiPath);
    this.#forgetPath(apiPath);
    const session = {
      id: randomUUID(),
      path: apiPath,
      name: name || path.posix.basename(apiPath),
      type: type ?? "notebook",
      kernelId: kernel.id,
    };
    this.#sessions.set(session.id, session);
    return session;
  }

  async #startKernel(name: string | undefined, apiPath: string): Promise<LiveKernel> {
    const kernel = await this.#hub.start(name, path.dirname(this.#root.resolve(apiPath)));
    this.onKernel(kernel);
    return kernel;
  }

  /** A session whose kernel is gone makes room for a new one. */
  #forgetPath(apiPath: string): void {
    const old = this.#byPath(apiPath);
    if (old) this.#sessions.delete(old.id);
  }

  #byPath(apiPath: string): Session | undefined {
    return [...this.#sessions.values()].find((session) => session.path === apiPath);
  }

  #find(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new HTTPException(404, { message: `no session ${id}` });
    return session;
  }

  #model(session: Session): SessionModel {
    const { id, path: apiPath, name, type, kernelId } = session;
    const notebook = type === "notebook" ? { notebook: { path: apiPath, name } } : {};
    return { id, path: apiPath, name, type, kernel: this.#hub.find(kernelId)?.model ?? null, ...notebook };
  }
}
