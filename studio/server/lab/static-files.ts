/** Files of the Lab bundle, compressed once and kept by the browser: names with a hash never change. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { Hono, type Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { contentType } from "../mime.ts";

/** The bundler puts a hash of the content into the names of everything but the entry points. */
const HASHED = /-[A-Z0-9]{8}\.[a-z0-9]+$/;

/** @param bundle folder of the bundle, known once it is built */
export function staticRoutes(bundle: () => string): Hono {
  const routes = new Hono();
  const compressed = new Map<string, Uint8Array<ArrayBuffer>>();
  const serve = (c: Context, folder: string) => {
    const file = insideOf(path.join(bundle(), folder), c.req.param("file")!);
    const type = contentType(file);
    const headers = {
      "Content-Type": type,
      "Cache-Control":
        HASHED.test(file) || c.req.query("v") ? "public, max-age=31536000, immutable" : "no-cache",
      Vary: "Accept-Encoding",
    };
    if (!type.includes("charset") || !c.req.header("accept-encoding")?.includes("gzip")) {
      return c.body(new Uint8Array(readFileSync(file)), 200, headers);
    }
    let body = compressed.get(file);
    if (!body) compressed.set(file, (body = new Uint8Array(gzipSync(readFileSync(file), { level: 6 }))));
    return c.body(body, 200, { ...headers, "Content-Encoding": "gzip" });
  };
  routes.get("/static/lab/:file{.+}", (c) => serve(c, "static"));
  routes.get("/lab/api/themes/:file{.+}", (c) => serve(c, "themes"));
  return routes;
}

function insideOf(folder: string, name: string): string {
  const file = path.join(folder, name);
  if (!file.startsWith(folder + path.sep) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new HTTPException(404, { message: `no such file: ${name}` });
  }
  return file;
}
