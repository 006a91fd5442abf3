/** `/nbconvert`: "Save and Export Notebook As", answered by our own reports. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Export } from "../report/export.ts";
import type { RootFolder } from "./contents/root-folder.ts";
import type { ExportAnswer, ExportJob } from "./export-process.ts";
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
    const report = await exportApart({ format, file: root.resolve(path) });
    const headers: Record<string, string> = {
      "Content-Type": report.mime,
      "Content-Security-Policy": SANDBOX,
    };
    if (c.req.query("download") === "true") headers["Content-Disposition"] = attachment(report.name);
    return c.body(typeof report.data === "string" ? report.data : new Uint8Array(report.data), 200, headers);
  });
  return routes;
}

/**
 * In a process of its own: highlighters, formulas and a printer stay out of the server's memory (a thread's would count
 * to it), and kernels are heard while a long report is made.
 */
async function exportApart(job: ExportJob): Promise<Export> {
  const child = fork(fileURLToPath(new URL("export-process.ts", import.meta.url)), {
    serialization: "advanced",
  });
  child.send(job);
  const answer = await new Promise<ExportAnswer>((resolve) => {
    child.once("message", (message) => resolve(message as ExportAnswer));
    child.once("exit", (code) => resolve({ problem: `export: the process ended early with code ${code}` }));
  });
  if ("problem" in answer) throw new HTTPException(500, { message: answer.problem });
  return answer.report;
}
