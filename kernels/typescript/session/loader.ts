/**
 * How modules reach the user thread: resolution as the notebook's folder sees it, then, for local source
 * files, guarded awaits, no types, and a version in the URL.
 *
 * Local is what the user edits: everything outside node_modules, and this package's own library wherever
 * it lies. Packages under node_modules are loaded by Node untouched.
 */
import { readFileSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { LanguageSync } from "./language-sync.ts";
import { moduleVersion, sourceFile } from "./module-version.ts";
import { addSourceMap } from "./source-positions.ts";

/** Marks an import that comes from a cell; the rest is the specifier, URI-encoded. */
const FROM_CELL = "gradbook-cell:";
const PACKAGE = new URL("../../../", import.meta.url);
const OWN_FILES = fileURLToPath(PACKAGE);
/** The base of the package's own imports: a bare name that the notebook's folder lacks is looked up here. */
const FALLBACK_PARENT = new URL("package.json", PACKAGE).href;

/** Registers the hooks; `folder` is what cells import relative to. */
export function installLoader(folder: string, language: LanguageSync): void {
  const cellParent = pathToFileURL(path.join(folder, "cell.ts")).href;
  module.registerHooks({
    resolve(specifier, context, next) {
      const fromCell = specifier.startsWith(FROM_CELL);
      const name = fromCell ? decodeURIComponent(specifier.slice(FROM_CELL.length)) : specifier;
      const parent = fromCell ? { ...context, parentURL: cellParent } : context;
      const local = localFile(name, parent.parentURL);
      if (context.conditions.includes("require")) return next(name, parent);
      if (local && isLocalSource(local)) return versioned(local);
      const found = resolveOr(FALLBACK_PARENT, name, parent, next);
      if (!found.url.startsWith("file:")) return found;
      const file = fileURLToPath(found.url);
      return isLocalSource(file) ? versioned(file) : found;
    },
    load(url, context, next) {
      if (!url.startsWith("file:") || !url.includes("?v=")) return next(url, context);
      const file = fileURLToPath(url);
      return { format: "module", source: loadSource(file, url, language), shortCircuit: true };
    },
  });
}

/** What a cell's `import` gives: the module's namespace. */
export function importFromCell(specifier: string, options?: ImportCallOptions): Promise<unknown> {
  return import(FROM_CELL + encodeURIComponent(specifier), options);
}

type Context = module.ResolveHookContext;
type Next = (specifier: string, context?: Partial<Context>) => module.ResolveFnOutput;

function resolveOr(fallback: string, name: string, context: Context, next: Next): module.ResolveFnOutput {
  try {
    return next(name, context);
  } catch (error) {
    const isBare = !/^([./]|[a-z]+:)/i.test(name);
    if (!isBare || (error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    try {
      return next(name, { ...context, parentURL: fallback });
    } catch {
      throw error; // The user's folder is what the message should talk about.
    }
  }
}

function localFile(specifier: string, parentURL: string | undefined): string | undefined {
  if (!/^(\.{0,2}\/|file:)/.test(specifier) || !parentURL?.startsWith("file:")) return undefined;
  const url = new URL(specifier, parentURL);
  return url.protocol === "file:" ? sourceFile(fileURLToPath(url)) : undefined;
}

function isLocalSource(file: string): boolean {
  if (!/\.m?ts$|\.mjs$/.test(file)) return false;
  const own = file.startsWith(OWN_FILES) ? file.slice(OWN_FILES.length) : file;
  return !`${path.sep}${own}`.includes(`${path.sep}node_modules${path.sep}`);
}

function versioned(file: string): module.ResolveFnOutput {
  const url = `${pathToFileURL(file).href}?v=${Math.round(moduleVersion(file))}`;
  return { url, format: "module", shortCircuit: true };
}

function loadSource(file: string, url: string, language: LanguageSync): string {
  const source = readFileSync(file, "utf8");
  const guarded = /\bawait\b/.test(source) ? language.ask("rewriteModule", { file, source }) : source;
  if (!file.endsWith("ts")) return guarded;
  try {
    return stripTypes(guarded);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") throw error;
    // Enums, parameter properties and the like: real compilation, with a map back to the lines.
    const { code, map } = language.ask("transpileModule", { file, source: guarded });
    addSourceMap(url, map);
    return code;
  }
}

/** Blanks the types out, so that every line and column stays where it was. */
function stripTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {}; // "experimental": said once per process, and not to the reader of a notebook.
  try {
    return module.stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
