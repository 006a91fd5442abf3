/**
 * TypeScript → JavaScript with a source map and transformers of our own, for code that is waited for.
 *
 * `ts.transpileModule` makes a program and a type checker for each call, which is three quarters of its time,
 * and almost never asks them anything. So the same steps (parse, transform, print) are taken one by one, with
 * TypeScript's inner functions; the output is the same to the letter. Whatever asks the checker (enums, class fields,
 * namespaces), has a syntax error, or meets a TypeScript without those functions goes through transpileModule.
 */
import ts from "typescript";

export interface Transpiled {
  outputText: string;
  sourceMapText?: string;
  diagnostics?: ts.Diagnostic[];
}

/** What the steps need of TypeScript's inside (6.0.3); none of it is in its declarations. */
interface Inner {
  getTransformers(
    options: ts.CompilerOptions,
    custom: ts.CustomTransformers,
  ): { scriptTransformers: unknown[] };
  transformNodes(
    resolver: object,
    host: object,
    factory: ts.NodeFactory,
    options: ts.CompilerOptions,
    nodes: ts.Node[],
    transformers: unknown[],
    allowDtsFiles: boolean,
  ): {
    transformed: ts.SourceFile[];
    emitNodeWithNotification: ts.PrintHandlers["onEmitNode"];
    isEmitNotificationEnabled: ts.PrintHandlers["isEmitNotificationEnabled"];
    substituteNode: ts.PrintHandlers["substituteNode"];
    dispose(): void;
  };
  createTextWriter(newLine: string): { getText(): string };
  createSourceMapGenerator(
    host: object,
    file: string,
    sourceRoot: string,
    folder: string,
    options: ts.CompilerOptions,
  ): { toString(): string };
  createPrinter(
    options: ts.PrinterOptions,
    handlers: ts.PrintHandlers,
  ): { writeFile(file: ts.SourceFile, writer: object, map: object): void };
  getSetExternalModuleIndicator(options: ts.CompilerOptions): (file: ts.SourceFile) => void;
}

const inner = ts as unknown as Inner;
const INNER_NAMES = [
  "getTransformers",
  "transformNodes",
  "createTextWriter",
  "createSourceMapGenerator",
  "createPrinter",
  "getSetExternalModuleIndicator",
] as const;
const IS_KNOWN = INNER_NAMES.every((name) => typeof inner[name] === "function");

/** Thrown when the code needs a type checker after all. */
class NeedsChecker extends Error {}

/** The result of `ts.transpileModule` with `reportDiagnostics`; the transformers may be called twice. */
export function transpile(
  source: string,
  fileName: string,
  compilerOptions: ts.CompilerOptions,
  transformers: ts.CustomTransformers = {},
): Transpiled {
  return (
    withoutChecker(source, fileName, compilerOptions, transformers) ??
    ts.transpileModule(source, { fileName, compilerOptions, reportDiagnostics: true, transformers })
  );
}

/** The quick way; undefined when the code cannot go it. */
export function withoutChecker(
  source: string,
  fileName: string,
  compilerOptions: ts.CompilerOptions,
  transformers: ts.CustomTransformers = {},
): Transpiled | undefined {
  if (!IS_KNOWN) return undefined;
  const options = { ...compilerOptions, isolatedModules: true, noLib: true, noResolve: true };
  const parsing = {
    languageVersion: options.target ?? ts.ScriptTarget.ES2022,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    setExternalModuleIndicator: inner.getSetExternalModuleIndicator(options),
  };
  const file = ts.createSourceFile(fileName, source, parsing, true);
  if ((file as unknown as { parseDiagnostics: unknown[] }).parseDiagnostics.length > 0) return undefined;
  try {
    const host = hostFor(options);
    const { scriptTransformers } = inner.getTransformers(options, transformers);
    const done = inner.transformNodes(RESOLVER, host, ts.factory, options, [file], scriptTransformers, false);
    const writer = inner.createTextWriter("\n");
    const map = inner.createSourceMapGenerator(host, fileName.replace(/\.ts$/, ".js"), "", "", options);
    const { emitNodeWithNotification: onEmitNode, isEmitNotificationEnabled, substituteNode } = done;
    inner
      .createPrinter(options as ts.PrinterOptions, { onEmitNode, isEmitNotificationEnabled, substituteNode })
      .writeFile(done.transformed[0], writer, map);
    done.dispose();
    return { outputText: writer.getText(), sourceMapText: map.toString() };
  } catch (error) {
    if (error instanceof NeedsChecker) return undefined;
    throw error;
  }
}

/** Stands where the checker would: any question to it means that the code has to take the longer way. */
const RESOLVER = new Proxy(
  {},
  {
    get() {
      throw new NeedsChecker();
    },
  },
);

const hostFor = (options: ts.CompilerOptions) => ({
  getCompilerOptions: () => options,
  getCurrentDirectory: () => "",
  getCanonicalFileName: (file: string) => file,
  getEmitModuleFormatOfFile: () => ts.ModuleKind.ESNext,
});
