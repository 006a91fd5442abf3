import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => void (kernel = await KernelSession.start()));
afterAll(() => kernel.stop());

let clock = 1_700_000_000;
/** Writes a file of the notebook's folder with its own modification time, as an editor would a moment later. */
function write(name: string, text: string): void {
  const file = path.join(kernel.folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  utimesSync(file, ++clock, clock);
}

test("the library is found from any folder", async () => {
  expect((await kernel.run('import { GradbookError } from "gradbook/core"; GradbookError.name')).result).toBe(
    "'GradbookError'",
  );
});

test("packages in both module formats, by default, by name and as a whole", async () => {
  const code = `import ts, { version } from "typescript";
    import * as arquero from "arquero";
    import fs, { existsSync as exists } from "node:fs";
    [ts.version === version, arquero.table({ a: [1, 2] }).numRows(), fs.existsSync === exists]`;
  expect((await kernel.run(code)).result).toBe("[ true, 2, true ]");
});

test("import() and type-only imports", async () => {
  expect(
    (await kernel.run('import type { Stats } from "node:fs"; (await import("node:path")).sep')).result,
  ).toBe("'/'");
});

test("local modules in TypeScript, with and without extension, and JSON", async () => {
  write("plain.ts", "export const n: number = 1; export enum Kind { A = 5 }");
  write("data.json", '{ "k": [1] }');
  const code = `import { n, Kind } from "./plain"; import { n as again } from "./plain.js";
    import data from "./data.json" with { type: "json" };
    [n, again, Kind.A, data.k]`;
  expect((await kernel.run(code)).result).toBe("[ 1, 1, 5, [ 1 ] ]");
});

test("an edited module is loaded anew, with its dependents, and nothing else is", async () => {
  write("base.ts", "export const base = 1;");
  write("middle.ts", 'import { base } from "./base.ts"; export const middle = () => base * 10;');
  write("other.ts", "export const other = { id: 1 };");
  const load = `import { middle } from "./middle.ts"; import { other } from "./other.ts";`;
  expect((await kernel.run(`${load} const first = other; middle()`)).result).toBe("10");
  write("base.ts", "export const base = 2;");
  expect((await kernel.run(`${load} [middle(), other === first]`)).result).toBe("[ 20, true ]");
});

test("a module that is missing or broken says so", async () => {
  expect((await kernel.run('import "./nowhere.ts"')).error).toMatch(/nowhere\.ts/);
  expect((await kernel.run('import "no-such-package"')).error).toMatch(/no-such-package/);
  write("broken.ts", "export const = 1;");
  expect((await kernel.run('import "./broken.ts"')).status).toBe("error");
  expect((await kernel.run("1")).result).toBe("1");
});

test("the types of the library are known from any folder too", async () => {
  await kernel.run('import { fail } from "gradbook/core"; import * as datasets from "gradbook/datasets";');
  const inspected = await kernel.client.request("inspect_request", { code: "fail", cursor_pos: 4 });
  expect(inspected.content.data["text/plain"]).toContain("fail(where: string, ");
  const completed = await kernel.client.request("complete_request", { code: "datasets.", cursor_pos: 9 });
  expect(completed.content.matches.length).toBeGreaterThan(0);
});
