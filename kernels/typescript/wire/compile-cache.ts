/**
 * Node's compile cache only grows: each version of an edited module, and each version of Node, leaves a file behind.
 * Each kernel looks once, and when there is too much, what was not used for longest goes.
 */
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

/** The kernel by itself takes 4 MB. */
const LIMIT_BYTES = 64 * 2 ** 20;
/** Not while the kernel starts and its first cells run. */
const LOOK_AFTER_MS = 10_000;

/** Looks once, a while after the start. `folder` is undefined when the user chose it: then it is left alone. */
export function keepCompileCacheSmall(folder: string | undefined): void {
  if (folder) setTimeout(() => void shrinkFolder(folder, LIMIT_BYTES), LOOK_AFTER_MS).unref();
}

/** Deletes the files of a folder that were not used for longest, down to half the limit, when it is over it. */
export async function shrinkFolder(folder: string, limitBytes: number): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: { file: string; size: number; used: number }[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    // Another kernel may be deleting as well.
    const found = await stat(file).catch(() => undefined);
    if (found) files.push({ file, size: found.size, used: Math.max(found.atimeMs, found.mtimeMs) });
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= limitBytes) return;
  files.sort((a, b) => a.used - b.used);
  for (const { file, size } of files) {
    if (total <= limitBytes / 2) break;
    await rm(file, { force: true }).catch(() => {});
    total -= size;
  }
}
