/** The original of a damaged notebook, which stays beside the repaired one. */
import { constants, copyFileSync, existsSync, readFileSync } from "node:fs";
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

/** Before a file is replaced: copies it aside if it is there and is no notebook that can be read. */
export function keepIfDamaged(file: string): void {
  if (!existsSync(file)) return;
  const text = readFileSync(file, "utf8");
  if (text.trim() === "") return;
  try {
    parseNotebook(text);
  } catch {
    copyFileSync(file, damagedFile(file), constants.COPYFILE_EXCL);
  }
}
