/** `/api/kernels`, `/api/sessions`, `/api/kernelspecs`. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { RootFolder } from "../contents/root-folder.ts";
import { contentType } from "../mime.ts";
import { jsonBody } from "../request.ts";
import type { KernelHub } from "./kernel-hub.ts";
import type { SessionRequest, Sessions } from "./sessions.ts";
import type { KernelSpec } from "../../kernels/kernel-spec.ts";

export function kernelRoutes(root: RootFolder, hub: KernelHub, sessions: Sessions): Hono {
  const routes = new Hono();

  routes.get("/api/kernelspecs", (c) =>
    c.json({
      default: "gradbook",
      kernelspecs: Object.fromEntries(hub.specs().map((spec) => [spec.name, specModel(spec)])),
    }),
  );
  routes.get("/api/kernelspecs/:name", (c) => c.json(specModel(findSpec(hub, c.req.param("name")))));
  routes.get("/kernelspecs/:name/:file", (c) => {
    const { resourceDir } = findSpec(hub, c.req.param("name"));
    const file = resourceDir && path.join(resourceDir, path.basename(c.req.param("file")));
    if (!file || !isLogo(file) || !existsSync(file))
      throw new HTTPException(404, { message: "no such logo" });
    return c.body(new Uint8Array(readFileSync(file)), 200, { "Content-Type": contentType(file) });
  });

  routes.get("/api/kernels", (c) => c.json(hub.all().map((kernel) => kernel.model)));
  routes.post("/api/kernels", async (c) => {
    const { name, path: folder } = await jsonBody<{ name?: string; path?: string }>(c);
    const kernel = await hub.start(name, root.resolve(folder ?? ""));
    return c.json(kernel.model, 201, { Location: `/api/kernels/${kernel.id}` });
  });
  routes.get("/api/kernels/:id", (c) => c.json(hub.get(c.req.param("id")).model));
  routes.delete("/api/kernels/:id", async (c) => {
    const id = c.req.param("id");
    await hub.shutdown(id);
    sessions.onKernelShutdown(id);
    return c.body(null, 204);
  });
  routes.post("/api/kernels/:id/interrupt", async (c) => {
    await hub.get(c.req.param("id")).interrupt();
    return c.body(null, 204);
  });
  routes.post("/api/kernels/:id/restart", async (c) => {
    const kernel = hub.get(c.req.param("id"));
    await kernel.restart();
    return c.json(kernel.model);
  });

  routes.get("/api/sessions", (c) => c.json(sessions.all()));
  routes.post("/api/sessions", async (c) =>
    c.json(await sessions.open(await jsonBody<SessionRequest>(c)), 201),
  );
  routes.get("/api/sessions/:id", (c) => c.json(sessions.get(c.req.param("id"))));
  routes.patch("/api/sessions/:id", async (c) =>
    c.json(await sessions.change(c.req.param("id"), await jsonBody<SessionRequest>(c))),
  );
  routes.delete("/api/sessions/:id", async (c) => {
    await sessions.close(c.req.param("id"));
    return c.body(null, 204);
  });

  // Ours: what cells showed while nobody watched, for a page that takes over.
  routes.post("/gradbook/api/kernels/:id/executions", async (c) => {
    const { keeper } = hub.get(c.req.param("id"));
    const { session } = await jsonBody<{ session: string }>(c);
    keeper.adopt(session);
    return c.json(keeper.executions());
  });
  return routes;
}

function findSpec(hub: KernelHub, name: string): KernelSpec {
  const spec = hub.specs().find((candidate) => candidate.name === name);
  if (!spec) throw new HTTPException(404, { message: `no kernel "${name}"` });
  return spec;
}

/** `kernelspec` in the REST API; the environment is left out, it may hold secrets. */
function specModel({ name, displayName, language, argv, interruptMode, metadata, resourceDir }: KernelSpec) {
  const logos = resourceDir ? readdirSync(resourceDir).filter(isLogo) : [];
  return {
    name,
    spec: { argv, display_name: displayName, language, interrupt_mode: interruptMode, env: {}, metadata },
    resources: Object.fromEntries(
      logos.map((file) => [path.parse(file).name, `/kernelspecs/${name}/${file}`]),
    ),
  };
}

const isLogo = (file: string) => /^logo-.*\.(png|svg)$/.test(path.basename(file));
