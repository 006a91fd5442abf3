/** The original of a damaged notebook, which stays beside the repaired one. */
import { constants, copyFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { parseNotebook } from "../../document/read.ts";

/** Where the page finds in a repaired notebook's metadata what was wrong; never saved. */
export const REPAIR_KEY = "gradbook_repair";

/** A free name for the original: `NAME.ipynb.damaged`, `NAME.ipynb.damaged-2`, … */
export function damagedFile(file: string): string {
  for (let n = 1; ; n++) {
    const name = `${file}.damaged${n === 1 ? "" : `-${n}`}`;
    if (!existsSync(name)) return name;
  }
}

/** How this server left the notebooks that it wrote; a large one is not read again before each save. */
const left = new Map<string, string>();

/** Inode, size and time: whoever else writes the file changes one of them. */
function stampOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

/** This server has just written the file, so it is whole. */
export function rememberWhole(file: string): void {
  const stamp = stampOf(file);
  if (stamp) left.set(file, stamp);
}

/** Is the file as this server left it? */
export function isAsLeft(file: string): boolean {
  const stamp = stampOf(file);
  return stamp !== undefined && left.get(file) === stamp;
}

/** Before a file is replaced: copies it aside if it is there and is no notebook that can be read. */
export function keepIfDamaged(file: string): void {
  if (!existsSync(file) || isAsLeft(file)) return;
  const text = readFileSync(file, "utf8");
  if (text.trim() === "") return;
  try {
    parseNotebook(text);
  } catch {
    copyFileSync(file, damagedFile(file), constants.COPYFILE_EXCL);
  }
}
