/**
 * The bundle of the page, built at the first start and kept until its sources change.
 *
 * It lies in the cache folder under a name made from the hash of everything that goes into it, so a start
 * with nothing new costs some milliseconds, and two versions never mix.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { SettingSchemas } from "./extensions.ts";

const ROOT = path.resolve(fileURLToPath(import.meta.url), "../../../..");
/** Our sources that the page is made of; everything else comes from node_modules, which the lock file fixes. */
const SOURCES = ["studio/lab/**/*.{ts,css,svg}", "lib/notebook/**/*.ts"];

const UNUSED_MS = 14 * 24 * 3600 * 1000;

export interface LabBundle {
  folder: string;
  /** Hash of everything in it. */
  version: string;
  schemas: SettingSchemas;
  /** Files of `static/` that the page's script imports before it runs. */
  first: string[];
}

/** Finds the bundle, or builds it (about 5 s). @param onProgress one line per step of a build */
export async function labBundle(onProgress: (line: string) => void = () => {}): Promise<LabBundle> {
  const version = hashOfSources();
  const cache = process.env.GRADBOOK_CACHE || path.join(ROOT, ".cache");
  const folder = path.join(cache, `lab-${version}`);
  if (!existsSync(folder)) {
    onProgress("bundling JupyterLab for the browser (first start only, some seconds) …");
    const started = performance.now();
    // Built beside and then renamed: an interrupted build leaves no half bundle, two starts do not collide.
    const building = `${folder}.${process.pid}`;
    mkdirSync(cache, { recursive: true });
    const { buildLab } = await import("./build.ts");
    try {
      await buildLab(ROOT, building);
      if (!existsSync(folder)) renameSync(building, folder);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
    onProgress(`bundled in ${((performance.now() - started) / 1000).toFixed(1)} s, kept in ${cache}`);
  }
  const now = new Date();
  utimesSync(folder, now, now);
  removeUnused(cache);
  const read = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), "utf8"));
  return {
    folder,
    version,
    schemas: read("schemas.json") as SettingSchemas,
    first: read("first.json") as string[],
  };
}

/** Removes bundles that no server was started with for two weeks: an older one may still be served from. */
function removeUnused(cache: string): void {
  for (const name of readdirSync(cache).filter((entry) => /^lab-[0-9a-f]+$/.test(entry))) {
    const folder = path.join(cache, name);
    if (Date.now() - statSync(folder).mtimeMs > UNUSED_MS) rmSync(folder, { recursive: true, force: true });
  }
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  for (const file of ["package-lock.json", ...globSync(SOURCES, { cwd: ROOT }).sort()]) {
    hash.update(file).update(readFileSync(path.join(ROOT, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
