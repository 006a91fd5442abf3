import { describe, expect, it } from "vitest";
import { runSandboxed } from "../../lib/eval/index.ts";

describe("the sandbox", () => {
  it("runs code and gives its last value and what it printed", async () => {
    const result = await runSandboxed('console.log("a", [1, 2]); [1, 2].map((x) => x * 2).join()');
    expect(result).toMatchObject({ ok: true, value: "2,4", output: "a [1,2]\n", timedOut: false });
  });

  it("reports errors of the code, also those that do not want to be read", async () => {
    expect(await runSandboxed("missing()")).toMatchObject({
      ok: false,
      error: "ReferenceError: missing is not defined",
    });
    expect(await runSandboxed("let = 1 2")).toMatchObject({
      ok: false,
      error: expect.stringContaining("SyntaxError"),
    });
    const hostile = "throw { toString() { throw 1 } }";
    expect(await runSandboxed(hostile)).toMatchObject({ ok: false, error: "an error that cannot be shown" });
  });

  it.each([
    ["a loop", "for (;;);"],
    ["a loop of promises", "(async () => { for (;;) await null; })()"],
    ["a regular expression that never ends", '/^(a+)+$/.test("a".repeat(40) + "b")'],
  ])("stops %s", async (_, code) => {
    expect(await runSandboxed(code, { timeout: 200 })).toMatchObject({ ok: false, timedOut: true });
  });

  it("ends code that takes too much memory", async () => {
    const result = await runSandboxed("const all = []; for (;;) all.push(new Array(1e6).fill(all.length))", {
      timeout: 100_000,
      memory: 32,
    });
    expect(result).toMatchObject({ ok: false, timedOut: false, error: expect.stringContaining("32 MiB") });
  }, 120_000);

  it("cuts endless output", async () => {
    const result = await runSandboxed('for (let i = 0; i < 1e5; i++) console.log("x".repeat(100))', {
      maxOutput: 500,
    });
    expect(result.output.length).toBe(500);
  });

  it.each([
    ["process", "typeof process"],
    ["require", "typeof require"],
    ["fetch", "typeof fetch"],
    ["timers", "typeof setTimeout"],
    ["WebAssembly", "typeof WebAssembly"],
  ])("has no %s", async (_, code) => {
    expect(await runSandboxed(code)).toMatchObject({ ok: true, value: "undefined" });
  });

  it.each([
    ["the global object's constructor", 'this.constructor.constructor("return process")().exit()'],
    ["a function's constructor", '(() => {}).constructor("return process")()'],
    ["an error's constructor", 'try { null.x } catch (e) { e.constructor.constructor("return process")() }'],
    ["the console's functions", 'console.log.constructor("return process")()'],
    [
      "import()",
      'import("node:fs").then((fs) => { globalThis.got = fs }); typeof got === "undefined" ? missing : got',
    ],
    ["eval", 'eval("1 + 1")'],
  ])("lets nothing out through %s", async (_, code) => {
    expect((await runSandboxed(code)).ok).toBe(false);
  });
});
