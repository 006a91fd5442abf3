/**
 * A cell in TypeScript becomes a script for the inspector's REPL mode, with a source map.
 *
 *   import { x } from "m"; const a = await p; function f() {} class C {}    a
 *
 *   "use strict"; let x, a, C; let f = function () {};
 *   __kernel.start(CELL, async () => {
 *     ({ x } = await __kernel.await(__kernel.import("m"))); a = await __kernel.await(p); C = class C {};
 *     __kernel.result(CELL, a);
 *   });
 *
 * Names are declared with `let` in the script, because REPL mode declares a name anew only with the keyword it
 * had; the work happens in a function of ours, because a script that is terminated after its own top-level
 * await leaves a promise behind whose collection crashes Node. `const rate = param(…)` also hands over a
 * setter. Types, enums, decorators and `using` are compiled by TypeScript, between the two passes below.
 */
import ts from "typescript";
import { RED, sourceExcerpt } from "../shared/excerpt.ts";
import type { RewrittenCell, SyntaxProblem } from "../shared/messages.ts";
import { transpile } from "./transpile.ts";

const { factory } = ts;
const FILE = "cell.ts";
/** The name of what `export default function () {}` declares. */
const DEFAULT = "default_1";
const COMPILER: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  sourceMap: true,
  // An import is kept although the cell itself does not use it: later cells may.
  verbatimModuleSyntax: true,
};

/** @param cell execution number, under which the value of the last expression is handed over */
export function rewriteCell(code: string, cell: number, name: string): RewrittenCell | SyntaxProblem {
  const transformers = { before: [guardAwaits, resultOf(cell)], after: [asScript(cell)] };
  const output = transpile(code, FILE, COMPILER, transformers);
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

/** Declarations first, then a function that does what the module's statements did. */
const asScript =
  (cell: number): ts.TransformerFactory<ts.SourceFile> =>
  (context) =>
  (file) => {
    const names = new Set<string>();
    const functions: ts.Statement[] = [];
    const imports: ts.Statement[] = [];
    const rest: ts.Statement[] = [];
    for (const statement of file.statements) {
      if (ts.isFunctionDeclaration(statement)) functions.push(functionStatement(statement));
      else if (ts.isImportDeclaration(statement)) imports.push(...importStatements(statement, names));
      else if (ts.isExportDeclaration(statement)) imports.push(...exportStatements(statement));
      else if (ts.isClassDeclaration(statement)) rest.push(classStatement(statement, names));
      else if (ts.isVariableStatement(statement)) rest.push(assignmentStatement(statement, names));
      else if (isDefaultExport(statement)) rest.push(factory.createExpressionStatement(statement.expression));
      else rest.push(liftVars(statement, names, context));
    }
    const body = factory.createBlock([...imports, ...rest], true);
    const async = [factory.createModifier(ts.SyntaxKind.AsyncKeyword)];
    const work = factory.createArrowFunction(async, undefined, [], undefined, undefined, body);
    const start = kernelCall("start", [factory.createNumericLiteral(cell), work]);
    return factory.updateSourceFile(file, [
      factory.createExpressionStatement(factory.createStringLiteral("use strict")),
      ...(names.size > 0 ? [declareNames([...names])] : []),
      ...functions,
      factory.createExpressionStatement(start),
    ]);
  };

/** `const a = 1, { b } = o` → `a = 1, ({ b } = o)`; what has no value was set to undefined by its declaration. */
function assignmentStatement(statement: ts.VariableStatement, names: Set<string>): ts.Statement {
  const assigned = assignments(statement.declarationList, names);
  return from(
    assigned ? factory.createExpressionStatement(assigned) : factory.createEmptyStatement(),
    statement,
  );
}

/** `for (var i = 0; …)` and `if (c) { var x = 1 }` declare for the whole session too. */
function liftVars(
  statement: ts.Statement,
  names: Set<string>,
  context: ts.TransformationContext,
): ts.Statement {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return node;
    if (ts.isVariableStatement(node) && isVar(node.declarationList)) return assignmentStatement(node, names);
    if ((ts.isForInStatement(node) || ts.isForOfStatement(node)) && isVarList(node.initializer)) {
      const [{ name }] = node.initializer.declarations;
      addNames(name, names);
      const target = assignmentTarget(name);
      const body = ts.visitNode(node.statement, visit, ts.isStatement)!;
      return ts.isForInStatement(node)
        ? factory.updateForInStatement(node, target, node.expression, body)
        : factory.updateForOfStatement(node, node.awaitModifier, target, node.expression, body);
    }
    if (ts.isForStatement(node) && node.initializer && isVarList(node.initializer)) {
      const { condition, incrementor } = node;
      const body = ts.visitNode(node.statement, visit, ts.isStatement)!;
      return factory.updateForStatement(
        node,
        assignments(node.initializer, names),
        condition,
        incrementor,
        body,
      );
    }
    return ts.visitEachChild(node, visit, context);
  };
  return ts.visitNode(statement, visit) as ts.Statement;
}

const isVar = (list: ts.VariableDeclarationList) => (list.flags & ts.NodeFlags.BlockScoped) === 0;
const isVarList = (node: ts.Node): node is ts.VariableDeclarationList =>
  ts.isVariableDeclarationList(node) && isVar(node);

function assignments(list: ts.VariableDeclarationList, names: Set<string>): ts.Expression | undefined {
  for (const { name } of list.declarations) addNames(name, names);
  return list.declarations
    .filter(({ initializer }) => initializer !== undefined)
    .map((declaration): ts.Expression =>
      from(factory.createAssignment(assignmentTarget(declaration.name), valueOf(declaration)), declaration),
    )
    .reduce<ts.Expression | undefined>(
      (all, next) => (all ? factory.createComma(all, next) : next),
      undefined,
    );
}

/** The initializer; for `rate = param(…)`, preceded by telling the kernel how to set `rate` later. */
function valueOf({ name, initializer }: ts.VariableDeclaration): ts.Expression {
  if (!ts.isIdentifier(name) || !isParamCall(initializer!)) return initializer!;
  const value = factory.createIdentifier("value");
  const assign = factory.createBlock([
    factory.createExpressionStatement(factory.createAssignment(factory.createIdentifier(name.text), value)),
  ]);
  const parameter = factory.createParameterDeclaration(undefined, undefined, value);
  const setter = factory.createArrowFunction(undefined, undefined, [parameter], undefined, undefined, assign);
  return factory.createParenthesizedExpression(
    factory.createComma(
      kernelCall("expectBinding", [factory.createStringLiteral(name.text), setter]),
      initializer!,
    ),
  );
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
  const { asteriskToken, name, parameters, body } = statement;
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
  const declaration = factory.createVariableDeclaration(name?.text ?? DEFAULT, undefined, undefined, value);
  return from(declare([declaration]), statement);
}

function classStatement(statement: ts.ClassDeclaration, names: Set<string>): ts.Statement {
  const { name, heritageClauses, members } = statement;
  const value = from(
    factory.createClassExpression(undefined, name, undefined, heritageClauses, members),
    statement,
  );
  const known = name?.text ?? DEFAULT;
  names.add(known);
  return from(assign(factory.createIdentifier(known), value), statement);
}

function importStatements(statement: ts.ImportDeclaration, names: Set<string>): ts.Statement[] {
  const { importClause: clause, moduleSpecifier, attributes } = statement;
  const loaded = () => importCall(moduleSpecifier, attributes);
  const bindings = clause?.namedBindings;
  const elements: ts.PropertyAssignment[] = [];
  const take = (property: ts.PropertyName, name: string) => {
    names.add(name);
    elements.push(factory.createPropertyAssignment(property, factory.createIdentifier(name)));
  };
  if (clause?.name) take(factory.createIdentifier("default"), clause.name.text);
  if (bindings && ts.isNamedImports(bindings)) {
    for (const { propertyName, name } of bindings.elements) {
      take(
        ts.isStringLiteral(propertyName ?? name)
          ? propertyName!
          : factory.createIdentifier((propertyName ?? name).text),
        name.text,
      );
    }
  }
  const made: ts.Statement[] = [];
  if (bindings && ts.isNamespaceImport(bindings)) {
    names.add(bindings.name.text);
    made.push(assign(factory.createIdentifier(bindings.name.text), loaded()));
  }
  if (elements.length > 0) made.push(assign(factory.createObjectLiteralExpression(elements), loaded()));
  if (made.length === 0) made.push(factory.createExpressionStatement(loaded()));
  return made.map((one) => from(one, statement));
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

/** A binding pattern as the left side of an assignment. */
function assignmentTarget(name: ts.BindingName): ts.Expression {
  if (ts.isIdentifier(name)) return name;
  if (ts.isArrayBindingPattern(name)) {
    return factory.createArrayLiteralExpression(
      name.elements.map((element) => {
        if (ts.isOmittedExpression(element)) return element;
        const target = withDefault(element);
        return element.dotDotDotToken ? factory.createSpreadElement(target) : target;
      }),
    );
  }
  return factory.createObjectLiteralExpression(
    name.elements.map((element) => {
      if (element.dotDotDotToken) return factory.createSpreadAssignment(assignmentTarget(element.name));
      const property = element.propertyName ?? factory.createIdentifier((element.name as ts.Identifier).text);
      return factory.createPropertyAssignment(property, withDefault(element));
    }),
  );
}

function withDefault({ name, initializer }: ts.BindingElement): ts.Expression {
  const target = assignmentTarget(name);
  return initializer ? factory.createAssignment(target, initializer) : target;
}

function addNames(name: ts.BindingName, names: Set<string>): void {
  if (ts.isIdentifier(name)) names.add(name.text);
  else for (const element of name.elements) if (ts.isBindingElement(element)) addNames(element.name, names);
}

// ---- small makers --------------------------------------------------------------------------------------

const kernelMember = (name: string) =>
  factory.createPropertyAccessExpression(factory.createIdentifier("__kernel"), name);

const kernelCall = (name: string, parameters: readonly ts.Expression[]) =>
  factory.createCallExpression(kernelMember(name), undefined, parameters);

const assign = (target: ts.Expression, value: ts.Expression): ts.Statement =>
  factory.createExpressionStatement(factory.createAssignment(target, value));

const declare = (declarations: readonly ts.VariableDeclaration[]): ts.Statement =>
  factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let),
  );

const declareNames = (names: string[]): ts.Statement =>
  declare(names.map((name) => factory.createVariableDeclaration(name)));

/** Positions for the source map. */
const from = <T extends ts.Node>(made: T, original: ts.Node): T =>
  ts.setSourceMapRange(ts.setTextRange(made, original), ts.getSourceMapRange(original));
