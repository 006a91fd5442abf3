import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { transpile, withoutChecker } from "../../kernels/typescript/language/transpile.ts";

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  sourceMap: true,
  verbatimModuleSyntax: true,
};

const QUICK = [
  "1 + 1",
  "",
  "// nothing",
  "const a: number = await p; a",
  "import d, { a as b, type T } from 'm'; import type U from 'u'; export { x } from 'y'",
  "abstract class Q<T> extends P<T> implements I { declare x: number; m?(): void }",
  "let f = <T,>(x: T, y?: number) => x as unknown as number satisfies number; f!(1)",
  "for await (const { x, ...rest } of y) { await x }; label: for (;;) break label;",
  "var x = 1, [c = 3, ...d]: any = y; declare const z: number; interface I {}",
  "function f(this: X): asserts this is Y {} `a${b}c`; a?.b?.[c]?.(d) ?? 1_000n; /x/v",
];

const SLOW = ["enum A { x, y } A.x", "class A { #x = 1 }", "namespace N { export const x = 1 }", "let x = ;"];

/** Without the line that names the file of the map. */
const comparable = ({ outputText, sourceMapText }: ts.TranspileOutput | ReturnType<typeof transpile>) => ({
  code: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "").trimEnd(),
  map: sourceMapText,
});

const whole = (code: string) =>
  ts.transpileModule(code, { fileName: "cell.ts", compilerOptions: OPTIONS, reportDiagnostics: true });

test.each(QUICK)("without a type checker as with one: %j", (code) => {
  expect(comparable(withoutChecker(code, "cell.ts", OPTIONS)!)).toEqual(comparable(whole(code)));
});

test.each(SLOW)("what needs the checker, or is wrong, goes the long way: %j", (code) => {
  expect(withoutChecker(code, "cell.ts", OPTIONS)).toBeUndefined();
  const { diagnostics, ...output } = transpile(code, "cell.ts", OPTIONS);
  expect(comparable(output)).toEqual(comparable(whole(code)));
  expect(diagnostics).toHaveLength(code === "let x = ;" ? 1 : 0);
});

test("every cell of the notebooks becomes the same JavaScript and the same source map", () => {
  const folder = new URL("../../notebooks/", import.meta.url);
  const cells = readdirSync(folder)
    .filter((file) => file.endsWith(".ipynb"))
    .flatMap((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")).cells)
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => [source].flat().join(""));
  expect(cells.length).toBeGreaterThan(100);
  for (const cell of cells) {
    expect(comparable(transpile(cell, "cell.ts", OPTIONS))).toEqual(comparable(whole(cell)));
  }
});
