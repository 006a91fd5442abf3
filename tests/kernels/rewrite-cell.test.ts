import { expect, test } from "vitest";
import { guardModule } from "../../kernels/typescript/language/rewrite-module.ts";
import { rewriteCell } from "../../kernels/typescript/language/rewrite-cell.ts";

function rewrite(code: string): string {
  const result = rewriteCell(code, 7, "cell 1");
  if ("problem" in result) throw new Error(result.problem.evalue);
  return result.code.replace(/\s+/g, " ").trim();
}

test("a cell declares its names and hands its work to the kernel", () => {
  expect(rewrite("const a: number = await p; a")).toBe(
    '"use strict"; let a; __kernel.start(7, async () => { a = await __kernel.await(p); __kernel.result(7, a); });',
  );
});

test("functions come first, without a name of their own", () => {
  expect(rewrite("f(); async function f<T>(x: T) { await x }")).toBe(
    '"use strict"; let f = async function (x) { await __kernel.await(x); }; ' +
      "__kernel.start(7, async () => { f(); });",
  );
});

test("imports are taken from the module's namespace; types vanish", () => {
  expect(
    rewrite(
      'import d, { a as b, type T } from "m"; import * as n from "n"; import "e"; import type U from "u"',
    ),
  ).toBe(
    '"use strict"; let d, b, n; __kernel.start(7, async () => { ' +
      '({ default: d, a: b } = await __kernel.await(__kernel.import("m"))); ' +
      'n = await __kernel.await(__kernel.import("n")); await __kernel.await(__kernel.import("e")); });',
  );
});

test("a parameter hands over its setter", () => {
  expect(rewrite('const rate = param("rate", field)')).toBe(
    '"use strict"; let rate; __kernel.start(7, async () => { ' +
      'rate = (__kernel.expectBinding("rate", value => { rate = value; }), param("rate", field)); });',
  );
});

test("a module's awaits are guarded and its lines stay", () => {
  const source =
    "export async function f(x: Promise<number>) {\n  for await (const y of g()) await (await y)();\n}\n";
  expect(guardModule("m.ts", source)).toBe(
    "export async function f(x: Promise<number>) {\n" +
      "  for await (const y of __kernel.each(g())) await __kernel.await((await __kernel.await(y))());\n}\n",
  );
});

test("a cell that is not TypeScript says where", () => {
  expect(rewriteCell("let x = ;", 1, "cell 4")).toMatchObject({
    problem: { ename: "SyntaxError", evalue: "Expression expected. (cell 4:1:9)" },
  });
});
