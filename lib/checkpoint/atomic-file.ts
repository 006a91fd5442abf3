/**
 * Files that are there whole or not at all, whatever happens in between: write under a temporary name, wait until
 * the disk has it, then rename. A rename within a folder is atomic on every file system Node runs on.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fail } from "../core/errors.ts";

/** Marks files that a save was writing when it was cut off. */
export const TEMPORARY_SUFFIX = ".part";

/**
 * Replaces the file at `path`.
 * @throws GradbookError when the disk is full or the folder may not be written; the old file stays
 */
export function writeAtomic(path: string, content: Uint8Array | string): void {
  const temporary = path + TEMPORARY_SUFFIX;
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  try {
    const file = openSync(temporary, "w");
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (cause) {
    rmSync(temporary, { force: true });
    fail("save", {
      expected: `to write ${bytes.length} bytes to ${path}`,
      got: (cause as Error).message,
      hint: "free some space or choose another folder; what was saved before is untouched",
      cause,
    });
  }
}

/** A rename is safe from a power cut only once its folder is on disk. Windows cannot, and need not, open folders. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
