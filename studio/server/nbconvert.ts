/** `/nbconvert`: "Save and Export Notebook As", answered by our own reports. */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { RootFolder } from "./contents/root-folder.ts";
import { attachment } from "./files.ts";
import { SANDBOX } from "./security/headers.ts";

/** What the menu offers; the keys are what Jupyter calls exporters. */
const FORMATS = {
  html: { output_mimetype: "text/html" },
  pdf: { output_mimetype: "application/pdf" },
  markdown: { output_mimetype: "text/markdown" },
  script: { output_mimetype: "text/typescript" },
};

export function nbconvertRoutes(root: RootFolder): Hono {
  const routes = new Hono();
  routes.get("/api/nbconvert", (c) => c.json(FORMATS));
  routes.get("/nbconvert/:format/:path{.+}", async (c) => {
    const { format, path } = c.req.param();
    if (!Object.hasOwn(FORMATS, format)) {
      const message = `expected a format of ${Object.keys(FORMATS).join(", ")}, got ${format}`;
      throw new HTTPException(404, { message });
    }
    // Loaded on demand: highlighters and a PDF printer have no place in the start of a server.
    const { exportNotebook } = await import("../report/index.ts");
    const report = await exportNotebook(format as keyof typeof FORMATS, root.resolve(path));
    const headers: Record<string, string> = {
      "Content-Type": report.mime,
      "Content-Security-Policy": SANDBOX,
    };
    if (c.req.query("download") === "true") headers["Content-Disposition"] = attachment(report.name);
    return c.body(typeof report.data === "string" ? report.data : new Uint8Array(report.data), 200, headers);
  });
  return routes;
}
