/** All routes behind the gate, in one Hono application. */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { GradbookError } from "../../lib/core/errors.ts";
import type { LabBundle } from "../lab/bundle/index.ts";
import { contentsRoutes } from "./contents/routes.ts";
import type { RootFolder } from "./contents/root-folder.ts";
import type { TrustStore } from "./contents/trust.ts";
import { courseRoutes } from "./course.ts";
import { fileRoutes } from "./files.ts";
import type { KernelHub } from "./kernels/kernel-hub.ts";
import type { OrphanWriter } from "./kernels/orphan-writer.ts";
import { kernelRoutes } from "./kernels/routes.ts";
import type { Sessions } from "./kernels/sessions.ts";
import { labRoutes } from "./lab/routes.ts";
import { settingsRoutes } from "./lab/settings.ts";
import { staticRoutes } from "./lab/static-files.ts";
import { workspaceRoutes } from "./lab/workspaces.ts";
import { meterRoutes } from "./meters.ts";
import { nbconvertRoutes } from "./nbconvert.ts";
import type { Gate, Visit } from "./security/gate.ts";
import { safeHeaders } from "./security/headers.ts";
import { loginRoutes } from "./security/login.ts";

/** What the routes need of the running server. */
export interface Studio {
  gate: Gate;
  root: RootFolder;
  trust: TrustStore;
  hub: KernelHub;
  sessions: Sessions;
  orphans: OrphanWriter;
  bundle: LabBundle;
  /** Folder of Lab's settings and workspaces. */
  configDir: string;
  started: Date;
  /** Ends the server, for Lab's "Shut Down". */
  shutdown: () => void;
}

/** The version of the REST API that is spoken, as Jupyter Server counts. */
const API_VERSION = "2.17.0";

export function createApp(studio: Studio): Hono {
  const { gate, root, trust, hub, sessions, orphans, bundle } = studio;
  const app = new Hono();
  app.use(safeHeaders);
  app.onError(answerError);
  app.notFound((c) => c.json({ message: `no such address: ${c.req.path}` }, 404));

  // What a stranger may see: that this is a Jupyter server, and the question for the token.
  app.use(async (c, next) => {
    const refusal = gate.refuseStranger(visitOf(c.req.raw));
    return refusal ? c.json({ message: refusal.sentence }, refusal.status) : next();
  });
  app.get("/api", (c) => c.json({ version: API_VERSION }));
  app.route("/", loginRoutes(gate));

  app.use(async (c, next) => {
    const visit = visitOf(c.req.raw);
    const refusal = gate.refuse(visit);
    const isPage = c.req.method === "GET" && c.req.header("accept")?.includes("text/html");
    if (refusal) {
      if (!isPage || refusal.status !== 401) return c.json({ message: refusal.sentence }, refusal.status);
      return c.redirect(`/login?next=${encodeURIComponent(visit.url.pathname + visit.url.search)}`);
    }
    if (isPage && visit.url.searchParams.has("token")) {
      // The token moves from the address, where others see it over one's shoulder, into a cookie.
      for (const cookie of gate.cookies()) c.header("Set-Cookie", cookie, { append: true });
      visit.url.searchParams.delete("token");
      return c.redirect(visit.url.pathname + visit.url.search);
    }
    return next();
  });

  app.get("/", (c) => c.redirect("/lab"));
  app.get("/api/me", (c) => c.json(ME));
  app.get("/api/status", (c) =>
    c.json({
      started: studio.started.toISOString(),
      last_activity: new Date().toISOString(),
      kernels: hub.all().length,
      connections: hub.all().reduce((sum, kernel) => sum + kernel.model.connections, 0),
    }),
  );
  app.post("/api/shutdown", (c) => {
    setTimeout(studio.shutdown, 100); // After the answer is out.
    return c.json({ message: "the server ends" });
  });
  app.get("/api/terminals", (c) => c.json([]));
  app.route("/", kernelRoutes(root, hub, sessions));
  app.route(
    "/",
    contentsRoutes({
      root,
      trust,
      beforeRead: (apiPath) => orphans.writeFor(apiPath),
      onSave: (apiPath) => sessions.kernelOf(apiPath)?.keeper.onSaved(),
      onRename: (from, to) => sessions.onRename(from, to),
    }),
  );
  app.route("/", settingsRoutes(bundle.schemas, studio.configDir));
  app.route("/", workspaceRoutes(`${studio.configDir}/lab/workspaces`));
  app.route("/", staticRoutes(bundle.folder));
  app.route("/", labRoutes(root.path, bundle));
  app.route("/", nbconvertRoutes(root));
  app.route("/", fileRoutes(root));
  app.route("/", courseRoutes(root, sessions));
  app.route("/", meterRoutes());
  return app;
}

/** There is one user: whoever holds the token. */
const ME = {
  identity: {
    username: "user",
    name: "User",
    display_name: "User",
    initials: "U",
    avatar_url: null,
    color: null,
  },
  permissions: {},
};

export function visitOf(request: Request): Visit {
  return {
    method: request.method,
    url: new URL(request.url),
    header: (name) => request.headers.get(name) ?? undefined,
  };
}

/** What the disk may refuse, in words: the page shows them when a save fails. */
const DISK_TROUBLE: Record<string, string> = {
  ENOSPC: "the disk is full: free some space and save again",
  EDQUOT: "your share of the disk is used up: free some space and save again",
  EFBIG: "the file is larger than this system lets it be",
  EROFS: "the folder is read-only: save under another path, or download the notebook from the File menu",
  EACCES: "no permission to write here: save under another path, or download the notebook from the File menu",
  EPERM: "no permission to write here: save under another path, or download the notebook from the File menu",
};

/** Errors as Jupyter's clients expect them: JSON with a `message`. */
function answerError(error: Error, c: Parameters<Parameters<Hono["onError"]>[0]>[1]): Response {
  if (error instanceof HTTPException) return c.json({ message: error.message, reason: null }, error.status);
  const cause = DISK_TROUBLE[(error as NodeJS.ErrnoException).code ?? ""];
  if (cause)
    return c.json({ message: `${cause}; nothing was changed (${error.message})`, reason: null }, 507);
  // The user's own mistake (a file, a setting) is a sentence; anything else is ours and belongs into the log.
  if (!(error instanceof GradbookError)) console.error(error);
  return c.json({ message: error.message, reason: null }, 500);
}
