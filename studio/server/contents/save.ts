/**
 * Writing: save, upload in chunks, create, copy, rename, delete.
 *
 * A save goes to a neighbour file that then takes the old one's place: a full disk or a crash leaves the old
 * file whole.
 */
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { HTTPException } from "hono/http-exception";
import { newNotebook, type Notebook } from "../../document/notebook.ts";
import { parseNotebook } from "../../document/read.ts";
import { writeNotebook } from "../../document/write.ts";
import { keepIfDamaged, rememberWhole, REPAIR_KEY } from "./damaged.ts";
import type { ContentFormat, ContentType } from "./model.ts";
import { cleanPath, type RootFolder } from "./root-folder.ts";
import type { TrustStore } from "./trust.ts";

/** Body of `PUT /api/contents/PATH`. */
export interface SaveRequest {
  type: ContentType;
  format?: ContentFormat;
  content?: unknown;
  /** Part of a large upload: 1, 2, …, and -1 for the last one. */
  chunk?: number;
}

/** Writes the file, notebook or folder; true when it did not exist before. */
export function save(root: RootFolder, trust: TrustStore, apiPath: string, request: SaveRequest): boolean {
  const file = root.resolve(apiPath);
  const isNew = !existsSync(file);
  if (!existsSync(path.dirname(file))) {
    throw new HTTPException(404, { message: `no such folder: ${path.posix.dirname(apiPath)}` });
  }
  if (request.type === "directory") {
    if (isNew) mkdirSync(file);
    else if (!statSync(file).isDirectory()) throw conflict(apiPath);
  } else if (request.type === "notebook") {
    saveNotebook(file, apiPath, trust, request.content);
  } else {
    saveFile(file, apiPath, request);
  }
  return isNew;
}

function saveNotebook(file: string, apiPath: string, trust: TrustStore, content: unknown): void {
  let notebook: Notebook;
  try {
    notebook = parseNotebook(JSON.stringify(content ?? null), apiPath);
  } catch (error) {
    throw new HTTPException(400, { message: (error as Error).message, cause: error });
  }
  delete notebook.metadata[REPAIR_KEY];
  keepIfDamaged(file);
  writeNotebook(file, notebook);
  rememberWhole(file);
  trust.rememberIfTrusted(notebook);
}

function saveFile(file: string, apiPath: string, { content, format, chunk }: SaveRequest): void {
  if (typeof content !== "string") {
    throw new HTTPException(400, { message: `${apiPath}: expected content as a string` });
  }
  const bytes = Buffer.from(content, format === "base64" ? "base64" : "utf8");
  const gathering = gatheringFile(file);
  if (chunk === undefined || chunk === 1) writeFileSync(gathering, bytes);
  else appendFileSync(gathering, bytes);
  if (chunk === undefined || chunk === -1) renameSync(gathering, file);
}

/** Where the chunks of an upload gather, beside the target, which is replaced by the last one only. */
export function gatheringFile(file: string): string {
  return path.join(path.dirname(file), `.~${path.basename(file)}.upload`);
}

/** `POST /api/contents/FOLDER`: a new file, folder or notebook with a free name, or a copy; returns its path. */
export function createUntitled(
  root: RootFolder,
  folderPath: string,
  request: { type?: ContentType; ext?: string; copy_from?: string },
): string {
  const folder = root.resolve(folderPath);
  if (!existsSync(folder)) throw new HTTPException(404, { message: `no such folder: ${folderPath}` });
  const inFolder = (name: string) => cleanPath(`${folderPath}/${name}`);
  if (request.copy_from !== undefined) {
    const source = root.resolve(request.copy_from);
    const name = freeName(folder, path.basename(source), "-Copy");
    cpSync(source, path.join(folder, name), { recursive: true, errorOnExist: true });
    return inFolder(name);
  }
  if (request.type === "directory") {
    const name = freeName(folder, "Untitled Folder", " ");
    mkdirSync(path.join(folder, name));
    return inFolder(name);
  }
  const isNotebook = request.type === "notebook";
  const name = freeName(folder, isNotebook ? "Untitled.ipynb" : `untitled${request.ext ?? ".txt"}`, "");
  if (isNotebook) writeNotebook(path.join(folder, name), newNotebook([]));
  else writeFileSync(path.join(folder, name), "", { flag: "wx" });
  return inFolder(name);
}

/** `PATCH`: a new name or place. @throws HTTPException 409 when something is there already */
export function rename(root: RootFolder, from: string, to: string): void {
  const [source, target] = [root.resolve(from), root.resolve(to)];
  if (!existsSync(source)) throw new HTTPException(404, { message: `no such file: ${from}` });
  if (existsSync(target) && source !== target) throw conflict(to);
  renameSync(source, target);
}

/** `DELETE`: a file, or a folder that holds nothing but its checkpoints. */
export function remove(root: RootFolder, apiPath: string): void {
  const file = root.resolve(apiPath);
  if (file === root.path) throw new HTTPException(400, { message: "the root folder cannot be deleted" });
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new HTTPException(404, { message: `no such file: ${apiPath}` });
  if (!stats.isDirectory()) return rmSync(file);
  if (readdirSync(file).some((name) => name !== ".ipynb_checkpoints")) {
    throw new HTTPException(400, { message: `the folder ${apiPath} is not empty; delete its files first` });
  }
  rmSync(path.join(file, ".ipynb_checkpoints"), { recursive: true, force: true });
  rmdirSync(file);
}

/** Copies a file over another the safe way (also used by checkpoints). */
export function replaceFile(source: string, target: string): void {
  const temporary = path.join(path.dirname(target), `.~${path.basename(target)}.${process.pid}`);
  copyFileSync(source, temporary);
  renameSync(temporary, target);
}

/** `base` with a number before its extension until nothing has that name: `Untitled1.ipynb`, `a-Copy1.ts`. */
function freeName(folder: string, base: string, infix: string): string {
  const { name, ext } = path.parse(base);
  let candidate = base;
  for (let i = 1; existsSync(path.join(folder, candidate)); i++) candidate = `${name}${infix}${i}${ext}`;
  return candidate;
}

const conflict = (apiPath: string) => new HTTPException(409, { message: `${apiPath} already exists` });
