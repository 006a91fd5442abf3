import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => void (kernel = await KernelSession.start()));
afterAll(() => kernel.stop());

describe("a cell", () => {
  test("shows its last expression", async () => {
    expect((await kernel.run("const a: number = 2;\na * 21")).result).toBe("42");
  });

  test("shows nothing after a statement", async () => {
    expect((await kernel.run("const b = 1")).result).toBeUndefined();
  });

  test("awaits at the top level", async () => {
    const ran = await kernel.run(
      "const late = await new Promise<number>((r) => setTimeout(() => r(42), 30)); late",
    );
    expect(ran.result).toBe("42");
  });

  test("declares any name again as anything else", async () => {
    const kinds = ["const x = 1", "let x = 2", "var x = 3", "function x() {}", "class x {}", "enum x { A }"];
    for (const first of kinds) {
      for (const second of kinds) {
        expect((await kernel.run(first)).status).toBe("ok");
        expect((await kernel.run(`${second}\ntypeof x`)).error).toBeUndefined();
      }
    }
  });

  test("sees functions before their declaration, and later redefinitions in earlier closures", async () => {
    expect(
      (
        await kernel.run(
          "const early = hoisted(3); function hoisted(n: number) { return n * scale }; var scale = 2",
        )
      ).status,
    ).toBe("ok");
    await kernel.run("const ask = () => hoisted(1)");
    await kernel.run("function hoisted() { return 'new' }");
    expect((await kernel.run("ask()")).result).toBe("'new'");
  });

  test("destructures with defaults, rests and nesting", async () => {
    const code = `const { a: { b: [first, , third = 3], ...others } = { b: [1], c: 9 }, d = 4, ...rest } = { e: 5 } as any;
      const [p, ...q] = [1, 2, 3];
      [first, third, others, d, rest, p, q]`;
    expect((await kernel.run(code)).result).toBe("[ 1, 3, { c: 9 }, 4, { e: 5 }, 1, [ 2, 3 ] ]");
  });

  test("lifts var out of loops and blocks", async () => {
    const code =
      "for (var i = 0; i < 3; i++) var square = i * i; for (var key of ['k']); for (var q in { z: 1 });";
    await kernel.run(code);
    expect((await kernel.run("[i, square, key, q]")).result).toBe("[ 3, 4, 'k', 'z' ]");
    expect((await kernel.run("let i = 'let now'; i")).result).toBe("'let now'");
  });

  test("has enums, decorators, parameter properties and using", async () => {
    const code = `enum Colour { Red = 3 }
      function twice(method: Function) { return function (this: unknown) { return 2 * method.call(this) } }
      class Box { constructor(private readonly n: number) {} @twice get() { return this.n } }
      const closed: string[] = [];
      { using file = { [Symbol.dispose]() { closed.push("file") } }; }
      [Colour.Red, Colour[3], new Box(4).get(), closed]`;
    expect((await kernel.run(code)).result).toBe("[ 3, 'Red', 8, [ 'file' ] ]");
  });

  test("is strict: a mistyped assignment is an error, not a new global", async () => {
    expect((await kernel.run("learningrate = 1")).error).toMatch(
      /^ReferenceError: learningrate is not defined/,
    );
  });

  test("counts executions, except silent ones", async () => {
    const before = (await kernel.run("1")).reply.execution_count;
    const silent = await kernel.run("console.log('quiet'); 7", { silent: true });
    expect(silent.result).toBeUndefined();
    expect((await kernel.run("1")).reply.execution_count).toBe(before + 1);
  });

  test("evaluates user expressions, each with its own result or error", async () => {
    const ran = await kernel.run("let u = 20", {
      userExpressions: { twice: "u * 2", broken: "missing", bad: "(" },
    });
    expect(ran.reply.user_expressions).toMatchObject({
      twice: { status: "ok", data: { "text/plain": "40" } },
      broken: { status: "error", ename: "ReferenceError" },
      bad: { status: "error", ename: "SyntaxError" },
    });
  });

  test("uses require and import.meta of the notebook's folder", async () => {
    const ran = await kernel.run(
      "[import.meta.dirname === process.cwd(), typeof require('node:fs').readFileSync]",
    );
    expect(ran.result).toBe("[ true, 'function' ]");
  });

  test("asks the user, in place and awaited", async () => {
    const ran = await kernel.run(
      `const host = globalThis[Symbol.for("gradbook.notebook")];
       [prompt("name?"), await host.input("secret?", { password: true })]`,
      { onStdin: (prompt, password) => `${prompt}${password}` },
    );
    expect(ran.result).toBe("[ 'name?false', 'secret?true' ]");
  });

  test("cannot ask where nobody answers", async () => {
    expect((await kernel.run("prompt('x')")).error).toMatch(/front end that can ask/);
  });

  test("survives what breaks engines: deep recursion, huge source, odd values", async () => {
    expect((await kernel.run("(function f(): number { return 1 + f() })()")).error).toMatch(/^RangeError/);
    const huge = `const big = ${JSON.stringify("x".repeat(5_000_000))}; big.length`;
    expect((await kernel.run(huge)).result).toBe("5000000");
    expect((await kernel.run("const o: any = {}; o.self = o; o")).result).toBe(
      "<ref *1> { self: [Circular *1] }",
    );
    expect((await kernel.run("({ get bad() { throw new Error('no') } })")).result).toBe("{ bad: [Getter] }");
    expect(
      (await kernel.run("({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('no') } })"))
        .result,
    ).toContain("cannot be inspected");
  });
});

describe("param", () => {
  test("gives a plain variable that its setter rebinds for later cells and closures", async () => {
    await kernel.run(`const host = globalThis[Symbol.for("gradbook.notebook")];
      let setter: ((value: unknown) => void) | undefined;
      function param(name: string, value: number) { setter = host.takeBinding(); return value }`);
    await kernel.run("const rate = param('rate', 0.1); const read = () => rate");
    await kernel.run("setter!(0.5)");
    expect((await kernel.run("[rate, read()]")).result).toBe("[ 0.5, 0.5 ]");
  });
});
