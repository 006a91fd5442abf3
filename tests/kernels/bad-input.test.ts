/** Values and code that fight back: each gets an answer, and the kernel goes on. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => void (kernel = await KernelSession.start()));
afterEach(async () => expect((await kernel.run("1 + 1")).result).toBe("2"));
afterAll(() => kernel.stop());

const VIEW = '[Symbol.for("Jupyter.display")]()';
const HOSTILE = "new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, ownKeys() { throw 3 } })";

test.each([
  ["a circular value", "const c: any = { a: 1 }; c.self = c; c", "<ref *1> { a: 1, self: [Circular *1] }"],
  ["a getter that throws", '({ get bad() { throw new Error("no") } })', "{ bad: [Getter] }"],
  ["a proxy with throwing traps", HOSTILE, "{}"],
  ["a revoked proxy", "const r = Proxy.revocable({}, {}); r.revoke(); r.proxy", "<Revoked Proxy>"],
  [
    "an inspection that throws",
    '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no") } })',
    "[value that cannot be inspected: no]",
  ],
  [
    "a toString that throws",
    '({ toString() { throw new Error("no") } })',
    "{ toString: [Function: toString] }",
  ],
  ["a value nested 100,000 deep", "let d: any = []; for (let i = 0; i < 1e5; i++) d = [d]; d", "[Array]"],
  [
    "a view that is no object",
    `({ ${VIEW} { return 5 } })`,
    "[its view failed: Jupyter.display: expected an object",
  ],
  [
    "a circular view",
    `({ ${VIEW} { const a: any = {}; a.a = a; return { "application/json": a } } })`,
    "[its view failed: Converting circular structure to JSON",
  ],
])("%s is shown", async (_, code, text) => {
  const { status, result } = await kernel.run(code);
  expect(status).toBe("ok");
  expect(result).toContain(text);
});

test.each([
  ["a string of 50 million letters", '"y".repeat(5e7)', 11_000, "49990000 more characters"],
  ["an array of ten million numbers", "new Array(1e7).fill(1.5)", 2_000, "9999900 more items"],
  [
    "a hundred strings of a million letters",
    'new Array(100).fill("z".repeat(1e6))',
    201_000,
    "more characters",
  ],
])("%s is cut, with a note", async (_, code, most, note) => {
  const { result } = await kernel.run(code);
  expect(result!.length).toBeLessThan(most);
  expect(result).toContain(note);
});

test.each([
  ["a proxy with throwing traps", `throw ${HOSTILE}`, "Thrown: {}"],
  [
    "a message that is no text",
    "throw Object.assign(new Error(), { message: { toString() { throw 1 } } })",
    "[no text]",
  ],
  [
    "an error whose parts throw",
    'const e = new Error("x"); for (const part of ["stack", "cause"]) Object.defineProperty(e, part, { get() { throw 1 } }); throw e',
    "Error: x",
  ],
  ["an error that is its own cause", 'const e = new Error("x"); e.cause = e; throw e', "Error: x"],
  ["errors that are none", "throw Object.assign(new AggregateError([]), { errors: 5 })", "AggregateError"],
  ["endless recursion", "function f(): number { return f() + 1 } f()", "Maximum call stack size exceeded"],
  ["a then that throws", '(await { then() { throw new Error("no then") } })', "no then"],
])("%s, thrown, is reported", async (_, code, text) => {
  expect((await kernel.run(code)).error).toContain(text);
});

test("a message of 20 million letters is cut", async () => {
  const { reply } = await kernel.run('throw new Error("m".repeat(2e7))');
  expect(reply.evalue).toHaveLength(20_000 + "… 19980000 more characters".length);
});

test("a cell of 5 MB runs; code nested 20,000 deep is refused with a reason", async () => {
  expect((await kernel.run(`const big = "${"x".repeat(5e6)}"; big.length`)).result).toBe("5000000");
  const { error } = await kernel.run(`${"(".repeat(20_000)}1${")".repeat(20_000)}`);
  expect(error).toContain("LanguageError: cell: expected code that TypeScript can read");
});

test("binary garbage to a comm reaches its handler; comm messages without an object for data are no harm", async () => {
  await kernel.run(`const host = (globalThis as any)[Symbol.for("gradbook.notebook")]; let seen: unknown[] = [];
    host.onCommOpen("garbage", (comm: any) => { comm.onMessage = (m: any) => seen.push(m.buffers[0].length) });`);
  const comm_id = "garbage-1";
  const buffers = [Uint8Array.from({ length: 1000 }, (_, i) => (i * 7919) % 256)];
  kernel.client.send("comm_open", { comm_id, target_name: "garbage", data: {} });
  for (const data of [null, 5, "text", []])
    kernel.client.send("comm_msg", { comm_id, data }, "shell", { buffers });
  kernel.client.send("comm_msg", { comm_id: 7, data: {} });
  kernel.client.send("comm_close", {});
  expect((await kernel.run("seen")).result).toBe("[ 1000, 1000, 1000, 1000 ]");
});
