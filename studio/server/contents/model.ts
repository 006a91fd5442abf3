/**
 * Files, folders and notebooks as the contents API describes them.
 *
 * Source: Jupyter Server REST API, "contents" models.
 */
import { createHash } from "node:crypto";
import { constants, accessSync, readFileSync, readdirSync, statSync, type Stats } from "node:fs";
import path from "node:path";
import { HTTPException } from "hono/http-exception";
import { parseNotebook } from "../../document/read.ts";
import { repairNotebook } from "../../document/repair.ts";
import { mimeType } from "../mime.ts";
import { damagedFile, REPAIR_KEY } from "./damaged.ts";
import { cleanPath, type RootFolder } from "./root-folder.ts";
import type { TrustStore } from "./trust.ts";

export type ContentType = "directory" | "file" | "notebook";
export type ContentFormat = "json" | "text" | "base64";

export interface ContentModel {
  name: string;
  /** Relative to the root, `/` between segments, "" for the root itself. */
  path: string;
  type: ContentType;
  writable: boolean;
  /** ISO 8601. */
  created: string;
  last_modified: string;
  /** Bytes; null for folders. */
  size: number | null;
  mimetype: string | null;
  format: ContentFormat | null;
  /** A notebook, a text, base64, a list of models, or null when not asked for. */
  content: unknown;
  hash?: string;
  hash_algorithm?: "sha256";
}

export interface ReadOptions {
  /** Include the content. */
  content: boolean;
  /** Include the SHA-256 of the file, by which clients notice that somebody else wrote it. */
  hash?: boolean;
  type?: ContentType;
  format?: ContentFormat;
}

/**
 * The model of one path.
 * @throws HTTPException 404 (missing), 400 (wrong type, broken notebook, no UTF-8 where text is asked for)
 */
export function readModel(
  root: RootFolder,
  trust: TrustStore,
  apiPath: string,
  options: ReadOptions,
): ContentModel {
  const file = root.resolve(apiPath);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new HTTPException(404, { message: `no such file: ${apiPath}` });
  const model = bareModel(file, apiPath, options.type, stats);
  if (model.type === "directory") return options.content ? withEntries(model, file, apiPath) : model;
  if (!options.content && !options.hash) return model;

  const bytes = readFileSync(file);
  if (options.hash) {
    model.hash = createHash("sha256").update(bytes).digest("hex");
    model.hash_algorithm = "sha256";
  }
  if (!options.content) return model;
  if (model.type === "notebook") {
    model.format = "json";
    model.content = readNotebookContent(bytes, apiPath, file, trust);
  } else {
    const { text, format } = decode(bytes, apiPath, options.format);
    model.content = text;
    model.format = format;
    model.mimetype =
      format === "text" && model.mimetype === "application/octet-stream" ? "text/plain" : model.mimetype;
  }
  return model;
}

/** The model without content. @param asked what the client takes the file for; by default its name decides. */
export function bareModel(
  file: string,
  apiPath: string,
  asked?: ContentType,
  stats: Stats = statSync(file),
): ContentModel {
  const clean = cleanPath(apiPath);
  const type = typeOf(file, stats, asked, apiPath);
  return {
    name: path.posix.basename(clean),
    path: clean,
    type,
    writable: isWritable(file),
    created: stats.birthtime.toISOString(),
    last_modified: stats.mtime.toISOString(),
    size: type === "directory" ? null : stats.size,
    mimetype: type === "file" ? mimeType(file) : null,
    format: null,
    content: null,
  };
}

function typeOf(file: string, stats: Stats, asked: ContentType | undefined, apiPath: string): ContentType {
  if (asked !== undefined && stats.isDirectory() !== (asked === "directory")) {
    const got = stats.isDirectory() ? "a folder" : "a file";
    throw new HTTPException(400, { message: `${apiPath}: expected a ${asked}, got ${got}` });
  }
  if (stats.isDirectory()) return "directory";
  return asked ?? (file.endsWith(".ipynb") ? "notebook" : "file");
}

function withEntries(model: ContentModel, folder: string, apiPath: string): ContentModel {
  const entries: ContentModel[] = [];
  for (const name of readdirSync(folder)) {
    // Thousands of packages are no reading matter; their path still opens.
    if (name.startsWith(".") || name === "node_modules") continue;
    const file = path.join(folder, name);
    const stats = statSync(file, { throwIfNoEntry: false }); // Follows links; a broken one is left out.
    if (stats?.isFile() || stats?.isDirectory())
      entries.push(bareModel(file, `${apiPath}/${name}`, undefined, stats));
  }
  return { ...model, format: "json", content: entries };
}

function readNotebookContent(bytes: Buffer, apiPath: string, file: string, trust: TrustStore): unknown {
  try {
    return trust.mark(parseNotebook(bytes.toString("utf8"), apiPath));
  } catch {
    return readDamaged(bytes, apiPath, file, trust);
  }
}

/** What can be read of a damaged notebook, with a note of what was wrong for the page. */
function readDamaged(bytes: Buffer, apiPath: string, file: string, trust: TrustStore): unknown {
  try {
    const { notebook, problems } = repairNotebook(bytes, apiPath);
    notebook.metadata[REPAIR_KEY] = { problems, kept_as: path.basename(damagedFile(file)) };
    return trust.mark(notebook);
  } catch (error) {
    throw new HTTPException(400, { message: (error as Error).message, cause: error });
  }
}

function decode(
  bytes: Buffer,
  apiPath: string,
  asked?: ContentFormat,
): { text: string; format: ContentFormat } {
  if (asked !== "base64") {
    try {
      return {
        text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
        format: "text",
      };
    } catch {
      if (asked === "text")
        throw new HTTPException(400, { message: `${apiPath}: expected UTF-8 text, got other bytes` });
    }
  }
  return { text: bytes.toString("base64"), format: "base64" };
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
