import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { delay, KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => {
  kernel = await KernelSession.start();
  await kernel.run(`/** A place in the plane. */
    interface Point { alpha: number; beta: string }
    const point: Point = { alpha: 1, beta: "b" };
    /** Adds two numbers. @param a the first */
    function add(a: number, b: number): number { return a + b }`);
});
afterAll(() => kernel.stop());

async function complete(marked: string) {
  const cursor_pos = [...marked.slice(0, marked.indexOf("|"))].length;
  const reply = await kernel.client.request("complete_request", {
    code: marked.replace("|", ""),
    cursor_pos,
  });
  return reply.content as { matches: string[]; cursor_start: number; cursor_end: number };
}

async function inspect(marked: string, detail_level = 0) {
  const cursor_pos = marked.indexOf("|");
  const reply = await kernel.client.request("inspect_request", {
    code: marked.replace("|", ""),
    cursor_pos,
    detail_level,
  });
  return reply.content as { found: boolean; data: Record<string, string> };
}

describe("completion", () => {
  test("knows the members of a value from an earlier cell", async () => {
    expect(await complete("point.|")).toMatchObject({
      matches: ["alpha", "beta"],
      cursor_start: 6,
      cursor_end: 6,
    });
  });

  test("filters by what is typed and says what it replaces, in code points", async () => {
    expect(await complete("const s = '🙂'; point.al| + 1")).toMatchObject({
      matches: ["alpha"],
      cursor_start: 21,
      cursor_end: 23,
    });
  });

  test("knows names of earlier cells, globals and keywords", async () => {
    expect((await complete("poi|")).matches).toContain("point");
    expect((await complete("proc|")).matches).toContain("process");
    expect((await complete("Math.fl|")).matches).toEqual(["floor"]);
  });

  test("works while a cell is in a synchronous loop", async () => {
    const running = kernel.run("{ const end = Date.now() + 800; while (Date.now() < end); }");
    await delay(100);
    const started = performance.now();
    expect((await complete("point.|")).matches).toEqual(["alpha", "beta"]);
    expect(performance.now() - started).toBeLessThan(600);
    await running;
  });
});

describe("inspection", () => {
  test("gives type and documentation", async () => {
    const { found, data } = await inspect("add|(1, 2)");
    expect(found).toBe(true);
    expect(data["text/plain"]).toMatch(
      /add\(a: number, b: number\): number[\s\S]*Adds two numbers\.[\s\S]*@param a the first/,
    );
  });

  test("gives the signature inside a call", async () => {
    expect((await inspect("add(1, |)")).data["text/plain"]).toContain("add(a: number, b: number): number");
  });

  test("finds nothing where there is nothing", async () => {
    expect((await inspect("   |")).found).toBe(false);
  });
});

describe("is_complete", () => {
  const status = async (code: string) =>
    (await kernel.client.request("is_complete_request", { code })).content;
  test("tells finished from unfinished from wrong code", async () => {
    expect(await status("1 + 1")).toEqual({ status: "complete" });
    expect(await status("function f() {")).toEqual({ status: "incomplete", indent: "  " });
    expect(await status("const s = `a")).toMatchObject({ status: "incomplete" });
    expect(await status("const = 1;\n2")).toEqual({ status: "invalid" });
  });
});
