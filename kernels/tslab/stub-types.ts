/**
 * Declarations by which tslab's TypeScript 5.0 accepts imports of the library: every exported name, as `any`.
 *
 * tslab resolves modules as Node 10 did, without a package's `exports`; and TypeScript sources that it does resolve
 * it compiles to CommonJS itself, which would load a second library beside the one that Node loads. A declaration
 * file avoids both. Left out: the types themselves, which TypeScript 5.0 could not read in every file.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

/** What is used of the TypeScript that tslab brings. */
export interface Parser {
  createSourceFile(file: string, text: string, target: number): { statements: readonly Statement[] };
  isExportDeclaration(node: unknown): boolean;
}

interface Name {
  text: string;
}
interface Statement {
  moduleSpecifier?: Name;
  exportClause?: { elements?: readonly { name: Name }[]; name?: Name };
  name?: Name;
  declarationList?: { declarations: readonly { name: Name }[] };
}

const LATEST = 99;
/** A type may be used with up to this many arguments. */
const ARGUMENTS = "<A = any, B = any, C = any, D = any>";
const EXPORTED = /^export /;

/** Source of a .d.ts for a module of the library. */
export function stubTypes(parser: Parser, file: string): string {
  const lines = [...exportedNames(parser, file)].map(
    (name) => `export declare const ${name}: any;\nexport type ${name}${ARGUMENTS} = any;`,
  );
  return `${lines.join("\n")}\n`;
}

/** Names that a module exports, those of other modules included. */
export function exportedNames(parser: Parser, file: string, names = new Set<string>()): Set<string> {
  const text = readFileSync(file, "utf8");
  for (const statement of parser.createSourceFile(file, text, LATEST).statements) {
    if (parser.isExportDeclaration(statement)) {
      const { exportClause, moduleSpecifier } = statement;
      if (exportClause?.elements) for (const { name } of exportClause.elements) names.add(name.text);
      else if (exportClause?.name) names.add(exportClause.name.text);
      else if (moduleSpecifier?.text.startsWith("."))
        exportedNames(parser, path.resolve(path.dirname(file), moduleSpecifier.text), names);
      continue;
    }
    const { pos, end } = statement as unknown as { pos: number; end: number };
    if (!EXPORTED.test(text.slice(pos, end).replace(/^(\s|\/\*[^]*?\*\/|\/\/.*)*/, ""))) continue;
    if (statement.name) names.add(statement.name.text);
    for (const { name } of statement.declarationList?.declarations ?? []) names.add(name.text);
  }
  return names;
}
