import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => void (kernel = await KernelSession.start()));
afterAll(() => kernel.stop());

test("an error points at the cell's own line, in TypeScript, with the lines around", async () => {
  const ran = await kernel.run(`interface Unused { a: number }

function boom(x: number): never {
  throw new Error("bad " + x);
}

boom(3);`);
  const cell = `cell ${ran.reply.execution_count}`;
  expect(ran.error).toBe("Error: bad 3");
  expect(ran.traceback).toBe(`Error: bad 3
  2 
  3 function boom(x: number): never {
> 4   throw new Error("bad " + x);
            ^
  5 }
  6 
    at boom (${cell}:4:9)
    at ${cell}:7:1`);
});

test("an error in a local module points at the module's line", async () => {
  const file = path.join(kernel.folder, "helper.ts");
  writeFileSync(
    file,
    `export type T = number;\n\nexport async function fail(x: T) {\n  await null;\n  throw new Error("lib");\n}\n`,
  );
  const ran = await kernel.run('import { fail } from "./helper.ts";\nawait fail(1);');
  expect(ran.traceback).toContain(`at fail (${file}:5:9)`);
});

test("causes are shown", async () => {
  const ran = await kernel.run(`throw new TypeError("outer", { cause: new RangeError("inner") })`);
  expect(ran.traceback).toMatch(/TypeError: outer[\s\S]*Caused by:\nRangeError: inner/);
});

test("a syntax error is shown where it is, and nothing runs", async () => {
  const ran = await kernel.run("console.log('ran');\nconst = 3;");
  expect(ran.error).toMatch(/^SyntaxError: Variable declaration expected. \(cell \d+:2:7\)$/);
  expect(ran.stdout).toBe("");
});

test("anything can be thrown", async () => {
  expect((await kernel.run("throw { code: 7 }")).error).toBe("Thrown: { code: 7 }");
  expect((await kernel.run("throw null")).error).toBe("Thrown: null");
  expect((await kernel.run("await Promise.reject(5)")).error).toBe("Thrown: 5");
});

test("an error drops what is queued behind it, unless told not to", async () => {
  const [, second] = await Promise.all([kernel.run("throw new Error('stop')"), kernel.run("1")]);
  expect(second.status).toBe("aborted");
  const [, third] = await Promise.all([
    kernel.run("throw new Error('go on')", { stopOnError: false }),
    kernel.run("1"),
  ]);
  expect(third.status).toBe("ok");
});

test("a type error is a warning below the cell that ran, with its place", async () => {
  const warned = kernel.hear(
    ({ header, content }) => header.msg_type === "stream" && content.name === "stderr",
  );
  const ran = await kernel.run('const ok = 1;\nconst n: number = "text"; n');
  expect(ran.result).toBe("'text'");
  const warning = (await warned).at(-1)!;
  expect(warning.content.text).toBe(
    `cell ${ran.reply.execution_count}:2:7 type error: Type 'string' is not assignable to type 'number'. (TS2322)\n`,
  );
  expect(warning.parent_header).toEqual(ran.messages[0].parent_header);
});

test("types come from earlier cells", async () => {
  await kernel.run("interface Point { x: number }\nfunction norm(p: Point) { return Math.abs(p.x) }");
  const warned = kernel.hear(
    ({ header, content }) => header.msg_type === "stream" && content.name === "stderr",
  );
  const ran = await kernel.run("norm({ y: 1 })");
  expect((await warned).at(-1)!.content.text).toContain("'y' does not exist in type 'Point'");
  expect(ran.result).toBe("NaN");
});

test("with GRADBOOK_TYPES=error a cell with type errors does not run", async () => {
  const strict = await KernelSession.start(undefined, { GRADBOOK_TYPES: "error" });
  const ran = await strict.run("console.log('ran');\nconst n: number = 'text';");
  expect(ran.error).toBe("TypeCheckError: 1 type error");
  expect(ran.traceback).toContain("cell 1:2:7 type error: Type 'string' is not assignable to type 'number'");
  expect(ran.stdout).toBe("");
  expect((await strict.run("const n: number = 1; n")).result).toBe("1");
  await strict.stop();
});
