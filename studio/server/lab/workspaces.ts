/** `/lab/api/workspaces`: which documents and panels were open, by workspace name. */
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Hono } from "hono";

const SUFFIX = ".jupyterlab-workspace";

export function workspaceRoutes(folder: string): Hono {
  const routes = new Hono();
  const fileOf = (id: string) => path.join(folder, encodeURIComponent(id) + SUFFIX);

  routes.get("/lab/api/workspaces", (c) => {
    const ids = listIds(folder);
    return c.json({ workspaces: { ids, values: ids.map((id) => readWorkspace(fileOf(id), id)) } });
  });
  routes.get("/lab/api/workspaces/:id{.+}", (c) =>
    c.json(readWorkspace(fileOf(c.req.param("id")), c.req.param("id"))),
  );
  routes.put("/lab/api/workspaces/:id{.+}", async (c) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(fileOf(c.req.param("id")), await c.req.text());
    return c.body(null, 204);
  });
  routes.delete("/lab/api/workspaces/:id{.+}", (c) => {
    rmSync(fileOf(c.req.param("id")), { force: true });
    return c.body(null, 204);
  });
  return routes;
}

function listIds(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => decodeURIComponent(name.slice(0, -SUFFIX.length)));
}

function readWorkspace(file: string, id: string) {
  const stats = statSync(file, { throwIfNoEntry: false });
  const times = stats && { created: stats.birthtime.toISOString(), last_modified: stats.mtime.toISOString() };
  if (!stats) return { data: {}, metadata: { id } };
  try {
    const { data } = JSON.parse(readFileSync(file, "utf8")) as { data: object };
    return { data, metadata: { id, ...times } };
  } catch {
    return { data: {}, metadata: { id, ...times } }; // An unreadable layout is an empty one: nothing of value.
  }
}
