/**
 * TypeScript's language service over the cells of a session and the project around the notebook.
 *
 * The compiler options are those of the nearest tsconfig.json, with what a notebook needs on top. Background
 * work (checking types) is dropped as soon as somebody waits: the service asks its host all the time, and
 * the host throws.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Cells, CellModule } from "./cells.ts";

const PACKAGE = fileURLToPath(new URL("../../../", import.meta.url));

export class LanguageService {
  readonly service: ts.LanguageService;
  readonly #cells: Cells;
  readonly #folder: string;
  readonly #options: ts.CompilerOptions;
  /** Called often while the service works; throws to give the work up. */
  #checkpoint: () => void = () => {};
  #open: ReadonlyMap<string, CellModule> = new Map();
  #version = 0;

  constructor(folder: string, cells: Cells) {
    this.#folder = folder;
    this.#cells = cells;
    this.#options = compilerOptions(folder);
    this.service = ts.createLanguageService(this.#host(), ts.createDocumentRegistry());
  }

  /** Makes these the files under work. `checkpoint` may throw to abandon what follows. */
  open(modules: readonly CellModule[], checkpoint: () => void = () => {}): void {
    this.#checkpoint = checkpoint;
    const same = modules.length === this.#open.size && modules.every((one) => this.#isOpen(one));
    if (same) return;
    this.#version++;
    this.#open = new Map(modules.map((module) => [module.file, module]));
  }

  #isOpen({ file, text }: CellModule): boolean {
    return this.#open.get(file)?.text === text;
  }

  #module(file: string): CellModule | undefined {
    return this.#open.get(file) ?? this.#cells.get(file);
  }

  #host(): ts.LanguageServiceHost {
    const files = new Map<string, { version: string; snapshot: ts.IScriptSnapshot }>();
    const cells = new WeakMap<CellModule, ts.IScriptSnapshot>();
    return {
      getCompilationSettings: () => this.#options,
      getScriptFileNames: () => [...this.#open.keys()],
      getProjectVersion: () => String(this.#version),
      getScriptVersion: (file) => this.#fileVersion(file),
      getScriptSnapshot: (file) => {
        this.#checkpoint();
        const module = this.#module(file);
        if (module) {
          const snapshot = cells.get(module) ?? ts.ScriptSnapshot.fromString(module.text);
          cells.set(module, snapshot);
          return snapshot;
        }
        const version = this.#fileVersion(file);
        const known = files.get(file);
        if (known?.version === version) return known.snapshot;
        const text = ts.sys.readFile(file);
        if (text === undefined) return undefined;
        const snapshot = ts.ScriptSnapshot.fromString(text);
        files.set(file, { version, snapshot });
        return snapshot;
      },
      getCurrentDirectory: () => this.#folder,
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
      fileExists: (file) => this.#module(file) !== undefined || ts.sys.fileExists(file),
      readFile: (file, encoding) => this.#module(file)?.text ?? ts.sys.readFile(file, encoding),
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      readDirectory: ts.sys.readDirectory,
      realpath: ts.sys.realpath,
      getCancellationToken: () => ({
        isCancellationRequested: () => {
          this.#checkpoint();
          return false;
        },
      }),
    };
  }

  #fileVersion(file: string): string {
    const module = this.#module(file);
    if (module) return module === this.#cells.get(file) ? "run" : `open ${this.#version}`;
    // Packages do not change under a running session; local files do.
    if (file.includes("node_modules")) return "1";
    return String(ts.sys.getModifiedTime?.(file)?.getTime() ?? 0);
  }
}

/** The project's options, adjusted: nothing is emitted, imports resolve as a bundler would. */
function compilerOptions(folder: string): ts.CompilerOptions {
  const config = ts.findConfigFile(folder, ts.sys.fileExists);
  const read = config ? ts.readConfigFile(config, ts.sys.readFile).config : {};
  const parsed = ts.parseJsonConfigFileContent(
    { ...read, files: [], include: [] },
    ts.sys,
    path.dirname(config ?? folder),
  );
  return {
    strict: true,
    ...parsed.options,
    // Cells run in Node: the DOM's declarations would promise what is not there, and cost 80 MB.
    lib: ["lib.esnext.d.ts"],
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    resolveJsonModule: true,
    esModuleInterop: true,
    // Habits of projects that do not fit a cell: it is not a file that is compiled on its own.
    composite: false,
    incremental: false,
    isolatedModules: false,
    erasableSyntaxOnly: false,
    verbatimModuleSyntax: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    types: ["node"],
    typeRoots: [path.join(folder, "node_modules", "@types"), path.join(PACKAGE, "node_modules", "@types")],
    // A notebook outside this package finds the library too, as the loader does at run time.
    paths: { ...parsed.options.paths, ...libraryPaths(folder) },
  };
}

/** The library's entry points by its package.json, for a folder that has none of its own. */
function libraryPaths(folder: string): Record<string, string[]> {
  const installed = ts.resolveModuleName(
    "gradbook/core",
    path.join(folder, "cell.ts"),
    { moduleResolution: ts.ModuleResolutionKind.Bundler },
    ts.sys,
  );
  if (installed.resolvedModule) return {};
  const { name, exports } = JSON.parse(readFileSync(path.join(PACKAGE, "package.json"), "utf8")) as {
    name: string;
    exports: Record<string, string>;
  };
  return Object.fromEntries(
    Object.entries(exports).map(([entry, file]) => [
      path.posix.join(name, entry),
      [path.join(PACKAGE, file)],
    ]),
  );
}
