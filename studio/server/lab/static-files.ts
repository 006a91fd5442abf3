/** Files of the Lab bundle, compressed once and kept by the browser: names with a hash never change. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Hono, type Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { contentType } from "../mime.ts";

/** The bundler puts a hash of the content into the names of everything but the entry points. */
const HASHED = /-[A-Z0-9]{8}\.[a-z0-9]+$/;

/** @param bundle folder of the bundle */
export function staticRoutes(bundle: string): Hono {
  const routes = new Hono();
  const compressed = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  const serve = async (c: Context, folder: string) => {
    const file = insideOf(path.join(bundle, folder), c.req.param("file")!);
    const type = contentType(file);
    const headers = {
      "Content-Type": type,
      "Cache-Control":
        HASHED.test(file) || c.req.query("v") ? "public, max-age=31536000, immutable" : "no-cache",
      Vary: "Accept-Encoding",
    };
    if (!type.includes("charset") || !c.req.header("accept-encoding")?.includes("gzip")) {
      return c.body(await bytes(file), 200, headers);
    }
    let body = compressed.get(file);
    // What the page begins with was compressed when it was bundled; the rest once, beside other requests.
    if (!body) compressed.set(file, (body = existsSync(`${file}.gz`) ? bytes(`${file}.gz`) : packed(file)));
    return c.body(await body, 200, { ...headers, "Content-Encoding": "gzip" });
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

async function bytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(file));
}

async function packed(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await promisify(gzip)(await readFile(file), { level: 6 }));
}
