/**
 * The version of a local module: the newest modification time over it and everything local that it imports.
 *
 * The loader puts it into the module's URL, so a new import after an edit gets a fresh module, and so does
 * whatever depends on the edited file; modules that no edit touches keep their one instance.
 * Left out: imports whose specifier is computed at run time.
 */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";

interface Scanned {
  modified: number;
  imports: string[];
}

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;
const scanned = new Map<string, Scanned>();

/** Milliseconds since 1970 of the newest change that the module can see. */
export function moduleVersion(file: string): number {
  const seen = new Set<string>();
  const pending = [file];
  let newest = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const { modified, imports } = scan(next);
    newest = Math.max(newest, modified);
    pending.push(...imports);
  }
  return newest;
}

/** The file that a path without or with another extension means: `./x`, `./x.js` (written as x.ts), `./x/`. */
export function sourceFile(target: string): string | undefined {
  const candidates = [
    target,
    target.replace(/\.(m?)js$/, ".$1ts"),
    `${target}.ts`,
    `${target}.js`,
    path.join(target, "index.ts"),
    path.join(target, "index.js"),
  ];
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
}

function scan(file: string): Scanned {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return { modified: 0, imports: [] };
  const known = scanned.get(file);
  if (known?.modified === stat.mtimeMs) return known;
  const folder = path.dirname(file);
  const imports = [...readFileSync(file, "utf8").matchAll(IMPORT)]
    .map(([, specifier]) => sourceFile(path.resolve(folder, specifier)))
    .filter((found) => found !== undefined && /\.[cm]?[jt]s$/.test(found)) as string[];
  const fresh = { modified: stat.mtimeMs, imports };
  scanned.set(file, fresh);
  return fresh;
}
