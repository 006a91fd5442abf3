/**
 * A cell in TypeScript becomes JavaScript for the inspector's REPL mode, with a source map.
 *
 *   const a = 1;  function f() {}  class C {}  enum E {}   →  let a = 1; let f = function () {}; let C = …
 *   import { x as y } from "m"                             →  let { x: y } = await __kernel.import("m")
 *   await p,  for await (const v of s)                     →  await __kernel.await(p),  … of __kernel.each(s)
 *   const rate = param("rate", …)                          →  let rate = (__kernel.expectBinding(…), param(…))
 *   last expression                                        →  __kernel.result(CELL, …)
 *
 * Everything declared at the top becomes `let`, because REPL mode lets a name be declared anew only with the
 * keyword it had. Functions move to the top of the cell, as hoisting would. Types, enums, decorators and
 * `using` are compiled by TypeScript itself, between the two passes below.
 */
import ts from "typescript";
import { RED, sourceExcerpt } from "../shared/excerpt.ts";
import type { RewrittenCell, SyntaxProblem } from "../shared/messages.ts";

const { factory } = ts;
const FILE = "cell.ts";
const COMPILER: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  sourceMap: true,
  // An import is kept although the cell itself does not use it: later cells may.
  verbatimModuleSyntax: true,
};

/** @param cell execution number, under which the value of the last expression is handed over */
export function rewriteCell(code: string, cell: number, name: string): RewrittenCell | SyntaxProblem {
  const output = ts.transpileModule(code, {
    fileName: FILE,
    compilerOptions: COMPILER,
    reportDiagnostics: true,
    transformers: { before: [guardAwaits, resultOf(cell)], after: [replStatements] },
  });
  const [problem] = output.diagnostics ?? [];
  if (problem) return syntaxProblem(problem, code, name);
  return {
    code: output.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, ""),
    map: output.sourceMapText!,
  };
}

function syntaxProblem(diagnostic: ts.Diagnostic, code: string, name: string): SyntaxProblem {
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
  const file = ts.createSourceFile(FILE, code, ts.ScriptTarget.ES2022);
  const { line, character } = file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
  const place = `${name}:${line + 1}:${character + 1}`;
  const traceback = [
    `${RED("SyntaxError")}: ${message}`,
    ...sourceExcerpt(code, line + 1, character + 1),
    `    at ${place}`,
  ];
  return { problem: { ename: "SyntaxError", evalue: `${message} (${place})`, traceback } };
}

// ---- before types are removed --------------------------------------------------------------------------

/** Every await and dynamic import goes through the kernel; see session/interrupt.ts. */
const guardAwaits: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const visit = (node: ts.Node): ts.Node => {
    const inner = ts.visitEachChild(node, visit, context);
    if (ts.isAwaitExpression(inner)) {
      return factory.updateAwaitExpression(inner, kernelCall("await", [inner.expression]));
    }
    if (ts.isForOfStatement(inner) && inner.awaitModifier) {
      const { awaitModifier, initializer, expression, statement } = inner;
      const each = kernelCall("each", [expression]);
      return factory.updateForOfStatement(inner, awaitModifier, initializer, each, statement);
    }
    if (ts.isCallExpression(inner) && inner.expression.kind === ts.SyntaxKind.ImportKeyword) {
      return kernelCall("import", inner.arguments);
    }
    if (ts.isMetaProperty(inner) && inner.keywordToken === ts.SyntaxKind.ImportKeyword) {
      return kernelMember("meta");
    }
    return inner;
  };
  return ts.visitNode(file, visit, ts.isSourceFile);
};

/** Hands the value of the last statement, when it is an expression, to the kernel. */
const resultOf =
  (cell: number): ts.TransformerFactory<ts.SourceFile> =>
  () =>
  (file) => {
    const last = file.statements.at(-1);
    const expression = last && (ts.isExpressionStatement(last) || isDefaultExport(last)) && last.expression;
    if (!expression) return file;
    const call = kernelCall("result", [factory.createNumericLiteral(cell), expression]);
    const statement = ts.setTextRange(factory.createExpressionStatement(call), last);
    return factory.updateSourceFile(file, [...file.statements.slice(0, -1), statement]);
  };

const isDefaultExport = (node: ts.Statement): node is ts.ExportAssignment =>
  ts.isExportAssignment(node) && !node.isExportEquals;

// ---- after types are removed ---------------------------------------------------------------------------

/** The statements of a module become statements of a REPL. */
const replStatements: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const functions: ts.Statement[] = [];
  const imports: ts.Statement[] = [];
  const rest: ts.Statement[] = [];
  const vars = new Set<string>();
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) imports.push(...importStatements(statement));
    else if (ts.isFunctionDeclaration(statement)) functions.push(functionStatement(statement));
    else if (ts.isClassDeclaration(statement)) rest.push(classStatement(statement));
    else if (ts.isVariableStatement(statement)) rest.push(variableStatement(statement));
    else if (ts.isExportDeclaration(statement)) imports.push(...exportStatements(statement));
    else if (isDefaultExport(statement)) rest.push(factory.createExpressionStatement(statement.expression));
    else rest.push(hoistVars(statement, vars, context));
  }
  const hoisted =
    vars.size > 0 ? [declare([...vars].map((name) => factory.createVariableDeclaration(name)))] : [];
  return factory.updateSourceFile(file, [...hoisted, ...functions, ...imports, ...rest]);
};

function variableStatement(statement: ts.VariableStatement): ts.Statement {
  const declarations = statement.declarationList.declarations.map(bindParameter);
  return from(declare(declarations), statement);
}

/** `rate = param(…)` also tells the kernel how to set `rate` later. */
function bindParameter(declaration: ts.VariableDeclaration): ts.VariableDeclaration {
  const { name, initializer } = declaration;
  if (!initializer || !ts.isIdentifier(name) || !isParamCall(initializer)) return declaration;
  const value = factory.createIdentifier("value");
  const assign = factory.createBlock([
    factory.createExpressionStatement(factory.createAssignment(factory.createIdentifier(name.text), value)),
  ]);
  const parameter = factory.createParameterDeclaration(undefined, undefined, value);
  const setter = factory.createArrowFunction(undefined, undefined, [parameter], undefined, undefined, assign);
  const bound = factory.createParenthesizedExpression(
    factory.createComma(kernelCall("expectBinding", [setter]), initializer),
  );
  return factory.updateVariableDeclaration(declaration, name, undefined, undefined, bound);
}

/** `param(…)`, also inside `await __kernel.await(…)`. */
function isParamCall(expression: ts.Expression): boolean {
  if (ts.isAwaitExpression(expression)) {
    const guarded = expression.expression;
    return (
      ts.isCallExpression(guarded) && guarded.arguments.length === 1 && isParamCall(guarded.arguments[0])
    );
  }
  return (
    ts.isCallExpression(expression) &&
    ts.isIdentifier(expression.expression) &&
    expression.expression.text === "param"
  );
}

function functionStatement(statement: ts.FunctionDeclaration): ts.Statement {
  const { asteriskToken, parameters, body } = statement;
  const modifiers = statement.modifiers?.filter((modifier): modifier is ts.AsyncKeyword => {
    return modifier.kind === ts.SyntaxKind.AsyncKeyword;
  });
  // Without a name of its own, so that recursion sees a later redefinition, as a declaration would.
  const value = from(
    factory.createFunctionExpression(
      modifiers,
      asteriskToken,
      undefined,
      undefined,
      parameters,
      undefined,
      body!,
    ),
    statement,
  );
  return from(declareOne(statement.name ?? "default_1", value), statement);
}

function classStatement(statement: ts.ClassDeclaration): ts.Statement {
  const { name, heritageClauses, members } = statement;
  const value = from(
    factory.createClassExpression(undefined, name, undefined, heritageClauses, members),
    statement,
  );
  return from(declareOne(name ?? "default_1", value), statement);
}

function importStatements(statement: ts.ImportDeclaration): ts.Statement[] {
  const { importClause: clause, moduleSpecifier, attributes } = statement;
  const loaded = () => importCall(moduleSpecifier, attributes);
  const bindings = clause?.namedBindings;
  const names: ts.BindingElement[] = [];
  if (clause?.name) names.push(factory.createBindingElement(undefined, "default", clause.name.text));
  if (bindings && ts.isNamedImports(bindings)) {
    for (const { propertyName, name } of bindings.elements) {
      const from = propertyName && (ts.isIdentifier(propertyName) ? propertyName.text : propertyName);
      names.push(factory.createBindingElement(undefined, from, name.text));
    }
  }
  const statements: ts.Statement[] = [];
  if (bindings && ts.isNamespaceImport(bindings)) statements.push(declareOne(bindings.name.text, loaded()));
  if (names.length > 0) statements.push(declareOne(factory.createObjectBindingPattern(names), loaded()));
  if (statements.length === 0) statements.push(factory.createExpressionStatement(loaded()));
  return statements.map((made) => from(made, statement));
}

/** A cell exports nothing, but `export … from` still loads its module. */
function exportStatements({ moduleSpecifier, attributes }: ts.ExportDeclaration): ts.Statement[] {
  return moduleSpecifier ? [factory.createExpressionStatement(importCall(moduleSpecifier, attributes))] : [];
}

function importCall(specifier: ts.Expression, attributes?: ts.ImportAttributes): ts.Expression {
  const options = attributes?.elements.map(({ name, value }) =>
    factory.createPropertyAssignment(name, value),
  );
  const kept =
    options &&
    factory.createObjectLiteralExpression([
      factory.createPropertyAssignment("with", factory.createObjectLiteralExpression(options)),
    ]);
  const call = kernelCall("import", kept ? [specifier, kept] : [specifier]);
  return factory.createAwaitExpression(kernelCall("await", [call]));
}

/** `for (var i = 0; …)` and `if (c) { var x = 1 }` declare for the whole session, so they too become `let`. */
function hoistVars(
  statement: ts.Statement,
  vars: Set<string>,
  context: ts.TransformationContext,
): ts.Statement {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return node;
    if (ts.isVariableStatement(node) && isVar(node.declarationList)) {
      const assigned = assignments(node.declarationList, vars);
      return assigned ? factory.createExpressionStatement(assigned) : factory.createEmptyStatement();
    }
    if (ts.isVariableDeclarationList(node) && isVar(node)) {
      return assignments(node, vars) ?? factory.createIdentifier(nameOf(node.declarations[0]));
    }
    return ts.visitEachChild(node, visit, context);
  };
  return ts.visitNode(statement, visit) as ts.Statement;
}

const isVar = (list: ts.VariableDeclarationList) =>
  (list.flags & ts.NodeFlags.BlockScoped) === 0 &&
  list.declarations.every(({ name }) => ts.isIdentifier(name));

const nameOf = (declaration: ts.VariableDeclaration) => (declaration.name as ts.Identifier).text;

function assignments(list: ts.VariableDeclarationList, vars: Set<string>): ts.Expression | undefined {
  for (const declaration of list.declarations) vars.add(nameOf(declaration));
  return list.declarations
    .filter((declaration) => declaration.initializer !== undefined)
    .map((declaration): ts.Expression =>
      factory.createAssignment(factory.createIdentifier(nameOf(declaration)), declaration.initializer!),
    )
    .reduce<ts.Expression | undefined>(
      (all, next) => (all ? factory.createComma(all, next) : next),
      undefined,
    );
}

// ---- small makers --------------------------------------------------------------------------------------

const kernelMember = (name: string) =>
  factory.createPropertyAccessExpression(factory.createIdentifier("__kernel"), name);

const kernelCall = (name: string, parameters: readonly ts.Expression[]) =>
  factory.createCallExpression(kernelMember(name), undefined, parameters);

const declare = (declarations: readonly ts.VariableDeclaration[]): ts.Statement =>
  factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let),
  );

const declareOne = (name: string | ts.BindingName, value: ts.Expression): ts.Statement =>
  declare([factory.createVariableDeclaration(name, undefined, undefined, value)]);

/** Positions for the source map. */
const from = <T extends ts.Node>(made: T, original: ts.Node): T =>
  ts.setSourceMapRange(ts.setTextRange(made, original), ts.getSourceMapRange(original));
