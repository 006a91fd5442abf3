/**
 * Checkpoints: the copy that a manual save leaves in `.ipynb_checkpoints`, to go back to.
 *
 * One per file, as in Jupyter's file checkpoints.
 */
import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { HTTPException } from "hono/http-exception";
import type { RootFolder } from "./root-folder.ts";
import { replaceFile } from "./save.ts";

export interface Checkpoint {
  id: "checkpoint";
  last_modified: string;
}

export function listCheckpoints(root: RootFolder, apiPath: string): Checkpoint[] {
  const copy = copyOf(root.resolve(apiPath));
  return existsSync(copy) ? [describe(copy)] : [];
}

export function createCheckpoint(root: RootFolder, apiPath: string): Checkpoint {
  const file = root.resolve(apiPath);
  if (!existsSync(file)) throw new HTTPException(404, { message: `no such file: ${apiPath}` });
  const copy = copyOf(file);
  mkdirSync(path.dirname(copy), { recursive: true });
  replaceFile(file, copy);
  return describe(copy);
}

export function restoreCheckpoint(root: RootFolder, apiPath: string, id: string): void {
  const file = root.resolve(apiPath);
  replaceFile(existingCopy(file, apiPath, id), file);
}

export function deleteCheckpoint(root: RootFolder, apiPath: string, id: string): void {
  rmSync(existingCopy(root.resolve(apiPath), apiPath, id));
}

function existingCopy(file: string, apiPath: string, id: string): string {
  const copy = copyOf(file);
  if (id !== "checkpoint" || !existsSync(copy)) {
    throw new HTTPException(404, { message: `${apiPath} has no checkpoint "${id}"` });
  }
  return copy;
}

function copyOf(file: string): string {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, ".ipynb_checkpoints", `${name}-checkpoint${ext}`);
}

function describe(copy: string): Checkpoint {
  return { id: "checkpoint", last_modified: statSync(copy).mtime.toISOString() };
}
