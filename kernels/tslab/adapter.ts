/**
 * Loaded before the stock tslab by its kernelspec (`node --import`), so that a notebook runs in it unchanged.
 *
 * 1. `gradbook/…` is found from any folder, for Node and for tslab's TypeScript (see stub-types.ts).
 * 2. Names of earlier cells are found in `{ name }` too, which tslab 1.0.22 forgets (ReferenceError).
 * 3. `for await` at the top of a cell counts as an await, which tslab overlooks (SyntaxError).
 * 4. A cell's last value that has a Jupyter.display method is shown as our kernel would show it.
 * Nothing of tslab's files is changed: two of its modules are handed on with one function wrapped.
 */
import { existsSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { show } from "./show.ts";
import { stubTypes, type Parser } from "./stub-types.ts";

const OURS = "gradbook/";
const here = createRequire(import.meta.url);
const tslab = createRequire(here.resolve("tslab/package.json"));

interface Host {
  resolveModuleNameLiterals?: (
    literals: readonly { text: string }[],
    file: string,
    ...rest: unknown[]
  ) => Resolved[];
  [name: string]: unknown;
}
interface Resolved {
  resolvedModule:
    { resolvedFileName: string; extension: string; isExternalLibraryImport: boolean } | undefined;
}
interface System {
  fileExists(file: string): boolean;
  readFile(file: string, encoding?: string): string | undefined;
}
interface TypeScript extends Parser {
  sys: System;
  createWatchCompilerHost(...parameters: unknown[]): Host;
  resolveModuleName(name: string, file: string, options: unknown, host: Host): Resolved;
}

/** Declarations exist in memory only, under these paths. */
const stubs = path.join(tmpdir(), "gradbook-tslab-types");

function sourceOf(specifier: string): string | undefined {
  try {
    return fileURLToPath(import.meta.resolve(specifier));
  } catch {
    return undefined; // No such module: TypeScript says so, at its place in the cell.
  }
}

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith(OURS) && context.parentURL !== import.meta.url
      ? { url: import.meta.resolve(specifier), shortCircuit: true }
      : next(specifier, context),
});

const typescriptFile = tslab.resolve("@tslab/typescript-for-tslab");
const typescript = tslab(typescriptFile) as TypeScript;
const texts = new Map<string, string>();
const system = typescript.sys;
const { fileExists, readFile } = system;
system.fileExists = (file) => texts.has(file) || fileExists(file);
system.readFile = (file, encoding) => texts.get(file) ?? readFile(file, encoding);

function createWatchCompilerHost(...parameters: unknown[]): Host {
  const host = typescript.createWatchCompilerHost(...parameters);
  host.resolveModuleNameLiterals = (literals, file, _redirect, options) =>
    literals.map(({ text }) => {
      const source = text.startsWith(OURS) ? sourceOf(text) : undefined;
      if (!source || !existsSync(source)) return typescript.resolveModuleName(text, file, options, host);
      const resolvedFileName = `${path.join(stubs, text)}.d.ts`;
      if (!texts.has(resolvedFileName)) texts.set(resolvedFileName, stubTypes(typescript, source));
      return { resolvedModule: { resolvedFileName, extension: ".d.ts", isExternalLibraryImport: true } };
    });
  return host;
}
tslab.cache[typescriptFile]!.exports = { ...typescript, createWatchCompilerHost };

interface Converted {
  output?: string;
  hasToplevelAwait?: boolean;
}
interface Converter {
  convert(...parameters: unknown[]): Converted;
}
const compiles = (code: string) => {
  try {
    return new vm.Script(code) !== undefined;
  } catch {
    return false;
  }
};

const converterFile = tslab.resolve("./dist/converter.js");
const converters = tslab(converterFile) as { createConverter(options: unknown): Converter };
function createConverter(options: unknown): Converter {
  const converter = converters.createConverter(options);
  const convert = (...parameters: unknown[]) => {
    const converted = converter.convert(...parameters);
    const { output, hasToplevelAwait } = converted;
    if (output === undefined || hasToplevelAwait || compiles(`(function () {${output}\n})`)) return converted;
    return { ...converted, hasToplevelAwait: compiles(`(async function () {${output}\n})`) };
  };
  return { ...converter, convert };
}
tslab.cache[converterFile]!.exports = { ...converters, createConverter };

// tslab turns names of earlier cells into properties of `exports`, except in shorthand: those are looked up globally.
const { runInThisContext } = vm;
vm.runInThisContext = (code, options) => {
  const { exports = {} } =
    (globalThis as { __tslab__?: { exports: Record<string, unknown> } }).__tslab__ ?? {};
  for (const name of Object.keys(exports)) {
    if (name in globalThis) continue;
    Object.defineProperty(globalThis, name, { get: () => exports[name], configurable: true });
  }
  return runInThisContext(code, options);
};

// tslab prints a cell's last value with console.log.
const { display } = tslab("./dist/public.js");
const log = console.log;
console.log = (...values: unknown[]) => {
  const [value] = values;
  if (
    values.length === 1 &&
    typeof value === "object" &&
    value !== null &&
    Symbol.for("Jupyter.display") in value
  )
    void show(value, display);
  else log(...values);
};
