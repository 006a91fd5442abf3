/**
 * The parameters of a notebook: which there are, and how a run sets them.
 *
 * Two kinds: `param("name", field)` calls in TypeScript cells, whose values the library takes from the kernel;
 * and plain variables declared at the top level of the cell tagged `parameters`, which a cell tagged
 * `injected-parameters` after it sets anew (papermill's convention, any language).
 */
import { createRequire } from "node:module";
import type ts from "typescript";
import { fail, nearest } from "../../lib/core/errors.ts";
import { codeCell, hasTag, isCodeCell, notebookLanguage, type CodeCell, type Notebook } from "./notebook.ts";

export interface NotebookParameters {
  /** First arguments of `param(…)` calls. */
  widgets: string[];
  /** Variables of the `parameters` cell. */
  variables: string[];
}

const INJECTED = "injected-parameters";

/** Loaded at the first use: it is large, and most readers of notebooks never ask for parameters. */
const typescript = (): typeof ts => createRequire(import.meta.url)("typescript") as typeof ts;

/** The names that `gradbook run -p` may set. */
export function findParameters(notebook: Notebook): NotebookParameters {
  const isScript = isTypeScript(notebook);
  const cells = notebook.cells.filter(isCodeCell).filter((cell) => !hasTag(cell, INJECTED));
  const widgets = isScript ? cells.flatMap((cell) => paramCalls(cell.source)) : [];
  const variables = cells
    .filter((cell) => hasTag(cell, "parameters"))
    .flatMap((cell) => (isScript ? plainVariables(cell.source) : assignedNames(cell.source)));
  return { widgets: unique(widgets), variables: unique(variables).filter((name) => !widgets.includes(name)) };
}

/**
 * Divides words from the command line into values for `param()` and values for the injected cell.
 *
 * A `param` takes the word as it is and reads it by its field; a variable takes JSON where the word is JSON
 * (`3`, `true`, `[1,2]`) and text otherwise.
 * @throws GradbookError for a name that the notebook does not have, listing those it has
 */
export function assignParameters(
  where: string,
  known: NotebookParameters,
  words: Record<string, string>,
): { host: Record<string, string>; injected: Record<string, unknown> } {
  const host: Record<string, string> = {};
  const injected: Record<string, unknown> = {};
  for (const [name, word] of Object.entries(words)) {
    if (known.widgets.includes(name)) host[name] = word;
    else if (known.variables.includes(name)) injected[name] = readWord(word);
    else failUnknown(where, known, name);
  }
  return { host, injected };
}

function failUnknown(where: string, known: NotebookParameters, name: string): never {
  const names = [...known.widgets, ...known.variables];
  const near = nearest(name, names);
  if (names.length === 0) {
    const hint = `call param("${name}", …) in it, or tag the cell that declares ${name} with "parameters"`;
    fail(where, { expected: "no parameters (this notebook declares none)", got: name, hint });
  }
  const hint = near && `did you mean ${near}?`;
  fail(where, { expected: `one of the parameters ${names.join(", ")}`, got: name, hint });
}

/** Adds, or replaces, the cell that sets the variables. It comes after the `parameters` cell. */
export function injectParameters(notebook: Notebook, values: Record<string, unknown>): void {
  notebook.cells = notebook.cells.filter((cell) => !hasTag(cell, INJECTED));
  if (Object.keys(values).length === 0) return;
  const after = notebook.cells.findIndex((cell) => hasTag(cell, "parameters"));
  notebook.cells.splice(after + 1, 0, parametersCell(notebook, values));
}

function parametersCell(notebook: Notebook, values: Record<string, unknown>): CodeCell {
  const script = isTypeScript(notebook);
  const lines = Object.entries(values).map(([name, value]) =>
    script ? `let ${name} = ${JSON.stringify(value)};` : `${name} = ${pythonLiteral(value)}`,
  );
  const title = script ? "// Parameters" : "# Parameters";
  return codeCell([title, ...lines].join("\n"), { tags: [INJECTED] });
}

function isTypeScript(notebook: Notebook): boolean {
  return ["typescript", "javascript"].includes(notebookLanguage(notebook));
}

function parse(source: string): ts.SourceFile {
  const { createSourceFile, ScriptTarget } = typescript();
  return createSourceFile("cell.ts", source, ScriptTarget.Latest);
}

function paramCalls(source: string): string[] {
  if (!source.includes("param(")) return []; // Parsing is slow and most cells have none.
  const { forEachChild } = typescript();
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isParamCall(node)) names.push((node.arguments[0] as ts.StringLiteral).text);
    forEachChild(node, visit);
  };
  visit(parse(source));
  return names;
}

function isParamCall(node: ts.Node): node is ts.CallExpression {
  const { isCallExpression, isIdentifier, isStringLiteralLike } = typescript();
  return (
    isCallExpression(node) &&
    isIdentifier(node.expression) &&
    node.expression.text === "param" &&
    node.arguments.length > 0 &&
    isStringLiteralLike(node.arguments[0])
  );
}

/** Top-level variables with a plain name; those that a `param()` call sets are its business. */
function plainVariables(source: string): string[] {
  const { isAwaitExpression, isIdentifier, isVariableStatement } = typescript();
  const unawaited = (node: ts.Expression) => (isAwaitExpression(node) ? node.expression : node);
  return parse(source)
    .statements.filter(isVariableStatement)
    .flatMap((statement) => [...statement.declarationList.declarations])
    .filter(({ initializer }) => !(initializer && isParamCall(unawaited(initializer))))
    .flatMap(({ name }) => (isIdentifier(name) ? [name.text] : []));
}

/** `name = …` and `name: type = …` at the start of a line, for Python, Julia and R. */
function assignedNames(source: string): string[] {
  return [...source.matchAll(/^([A-Za-z_]\w*)\s*(?::[^=\n]+)?(?:=(?!=)|<-)/gm)].map(([, name]) => name);
}

function readWord(word: string): unknown {
  try {
    return JSON.parse(word);
  } catch {
    const number = Number(word); // ".5" and "1e3" are numbers to people, though ".5" is not JSON.
    return word.trim() === "" || Number.isNaN(number) ? word : number;
  }
}

function pythonLiteral(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).map(
      ([key, item]) => `${JSON.stringify(key)}: ${pythonLiteral(item)}`,
    );
    return `{${entries.join(", ")}}`;
  }
  return JSON.stringify(value);
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
