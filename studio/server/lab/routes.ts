/** The pages of JupyterLab, and the answers it wants to what this server does not offer. */
import { Hono, type Context } from "hono";
import type { LabBundle } from "../../lab/bundle/index.ts";
import { labPage } from "./page.ts";

export function labRoutes(root: string, { version, first }: Pick<LabBundle, "version" | "first">): Hono {
  const routes = new Hono();
  const page = (c: Context, mode: "multiple-document" | "single-document") => {
    const workspace = c.req.param("workspace") ?? "default";
    // The path may hold characters that Hono leaves encoded in a wildcard parameter.
    const encoded = /^\/(?:lab|doc)(?:\/workspaces\/[^/]+)?\/tree\/(.*)$/.exec(c.req.path)?.[1] ?? "";
    const treePath = decodeURIComponent(encoded);
    return c.html(labPage({ treePath, workspace, mode, root, version, first }));
  };
  for (const [start, mode] of [
    ["/lab", "multiple-document"],
    ["/doc", "single-document"],
  ] as const) {
    for (const prefix of [start, `${start}/workspaces/:workspace`]) {
      routes.get(prefix, (c) => page(c, mode));
      routes.get(`${prefix}/tree/*`, (c) => page(c, mode));
    }
  }

  routes.get("/lab/api/translations/*", (c) => c.json({ data: {}, message: "" }));
  routes.get("/lab/api/translations", (c) =>
    c.json({ data: { en: { displayName: "English", nativeName: "English" } } }),
  );
  routes.get("/lab/api/listings/*", (c) => c.json({ blocked_extensions: [], allowed_extensions: [] }));
  routes.get("/lsp/status", (c) => c.json({ sessions: {}, specs: {}, version: 2 }));
  return routes;
}
