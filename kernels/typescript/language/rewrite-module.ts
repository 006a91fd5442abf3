/**
 * Local modules get the same guarded awaits as cells, so that Stop reaches a loop inside the library.
 *
 * Only text is inserted (`await x` → `await __kernel.await(x)`), so every line stays where it was and types
 * stay for the loader to blank out.
 */
import ts from "typescript";
import type { RewrittenCell } from "../shared/messages.ts";

export function guardModule(file: string, source: string): string {
  const inserts: { at: number; text: string }[] = [];
  const wrap = (node: ts.Expression, call: string) => {
    inserts.push({ at: node.getStart(tree), text: `__kernel.${call}(` }, { at: node.end, text: ")" });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isAwaitExpression(node)) wrap(node.expression, "await");
    else if (ts.isForOfStatement(node) && node.awaitModifier) wrap(node.expression, "each");
    ts.forEachChild(node, visit);
  };
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);
  visit(tree);
  inserts.sort((a, b) => a.at - b.at);
  let at = 0;
  let text = "";
  for (const insert of inserts) {
    text += source.slice(at, insert.at) + insert.text;
    at = insert.at;
  }
  return text + source.slice(at);
}

/** Enums, parameter properties, decorators: compiled, with a source map. */
export function transpileModule(file: string, source: string): RewrittenCell {
  const output = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      sourceMap: true,
      verbatimModuleSyntax: true,
    },
  });
  return {
    code: output.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, ""),
    map: output.sourceMapText!,
  };
}
