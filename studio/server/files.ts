/** `/files`: the user's files as they are, each in a sandbox of its own. */
import { createReadStream, statSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { RootFolder } from "./contents/root-folder.ts";
import { contentType } from "./mime.ts";
import { SANDBOX } from "./security/headers.ts";

export function fileRoutes(root: RootFolder): Hono {
  const routes = new Hono();
  routes.get("/files/:path{.+}", (c) => {
    const apiPath = c.req.param("path");
    const file = root.resolve(apiPath);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats?.isFile()) throw new HTTPException(404, { message: `no such file: ${apiPath}` });
    const headers: Record<string, string> = {
      "Content-Type": contentType(file),
      "Content-Length": String(stats.size),
      "Content-Security-Policy": SANDBOX,
      "Last-Modified": stats.mtime.toUTCString(),
    };
    if (c.req.query("download")) headers["Content-Disposition"] = attachment(path.basename(file));
    return c.body(Readable.toWeb(createReadStream(file)) as ReadableStream, 200, headers);
  });
  return routes;
}

/** A Content-Disposition with the file's name, whatever alphabet it is in (RFC 6266). */
export function attachment(name: string): string {
  return `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
}
