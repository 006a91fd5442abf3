/**
 * The cells of a session as modules that import from each other.
 *
 * Each executed cell is a virtual file next to the notebook that exports what it declares at its top. A cell
 * that mentions a name of an earlier one begins with an import of it, on the same first line, so that line
 * numbers stay. The newest declaration of a name wins; cells that own no name any more are forgotten.
 */
import path from "node:path";
import ts from "typescript";
import type { CellNames } from "../shared/messages.ts";

export interface CellModule {
  file: string;
  /** Imports, code and exports. */
  text: string;
  /** Where the user's code begins in `text`, in UTF-16 units. */
  offset: number;
  /** How messages call the cell. */
  name: string;
}

/** Old cells that no live name points to are kept this long: others still import their earlier state. */
const KEPT = 60;

export class Cells {
  readonly #folder: string;
  readonly #modules = new Map<string, CellModule>();
  /** name → file of the cell that declared it last. */
  readonly #owners = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  get(file: string): CellModule | undefined {
    return this.#modules.get(file);
  }

  /** Every name that cells have declared. */
  names(): string[] {
    return [...this.#owners.keys()];
  }

  /** The module of a cell that is checked, or being written (`allNames`: anything may be mentioned next). */
  make(code: string, cell: number, name: string, allNames = false): CellModule {
    const tree = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext);
    const declared = declaredNames(tree);
    const wanted = allNames ? this.#owners.keys() : identifiers(tree);
    const prelude = this.#imports([...wanted].filter((known) => !declared.has(known)));
    const exported = [...declared].filter((known) => known !== "default");
    // A cell is a module even when it declares nothing, or its top-level await would be an error.
    const text = `${prelude}${code}\nexport { ${exported.join(", ")} };\n`;
    return { file: this.fileOf(cell), text, offset: prelude.length, name };
  }

  /** The cell has run: from now on its names are known. Returns them, and those that it reads from others. */
  add(module: CellModule): CellNames {
    const tree = ts.createSourceFile("cell.ts", codeOf(module), ts.ScriptTarget.ESNext);
    const defines = declaredNames(tree);
    const reads = [...identifiers(tree)].filter((name) => !defines.has(name) && this.#owners.has(name));
    this.#modules.set(module.file, module);
    for (const name of defines) this.#owners.set(name, module.file);
    this.#forgetOld();
    return { defines: [...defines], reads };
  }

  #forgetOld(): void {
    if (this.#modules.size <= this.#owners.size + KEPT) return;
    const live = new Set(this.#owners.values());
    for (const file of this.#modules.keys()) {
      if (this.#modules.size <= live.size + KEPT / 2) break;
      if (!live.has(file)) this.#modules.delete(file);
    }
  }

  fileOf(cell: number): string {
    return path.join(this.#folder, `__cell_${cell}__.ts`);
  }

  #imports(names: string[]): string {
    const byFile = new Map<string, string[]>();
    for (const name of names) {
      const file = this.#owners.get(name);
      if (file) byFile.set(file, [...(byFile.get(file) ?? []), name]);
    }
    return [...byFile]
      .map(([file, list]) => `import { ${list.join(", ")} } from "./${path.basename(file)}"; `)
      .join("");
  }
}

const codeOf = ({ text, offset }: CellModule) => text.slice(offset, text.lastIndexOf("\nexport {"));

/** Values and types that a file declares or imports at its top. */
function declaredNames(tree: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const addBinding = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) addBinding(element.name);
  };
  for (const statement of tree.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) addBinding(name);
    } else if (ts.isImportDeclaration(statement)) {
      const clause = statement.importClause;
      if (clause?.name) names.add(clause.name.text);
      const bindings = clause?.namedBindings;
      if (bindings && ts.isNamespaceImport(bindings)) names.add(bindings.name.text);
      else for (const { name } of bindings?.elements ?? []) names.add(name.text);
    } else if (isNamedDeclaration(statement) && statement.name && ts.isIdentifier(statement.name)) {
      names.add(statement.name.text);
    }
  }
  return names;
}

const isNamedDeclaration = (node: ts.Statement): node is ts.Statement & { name?: ts.Node } =>
  ts.isFunctionDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isEnumDeclaration(node) ||
  ts.isModuleDeclaration(node);

/** Identifiers that may refer to a variable or type: not property names. Inner declarations are not told apart. */
function identifiers(tree: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    else if (ts.isPropertyAccessExpression(node)) visit(node.expression);
    else if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) visit(node.initializer);
    else ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}
