import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
/** Takes requests and never answers. */
let silent: Server;

beforeAll(async () => {
  silent = createServer(() => {}).listen(0, "127.0.0.1");
  kernel = await KernelSession.start();
  writeFileSync(
    path.join(kernel.folder, "work.ts"),
    `const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export async function work(log: string[]) {
  try {
    for (;;) await sleep(2);
  } finally {
    log.push("closing");
    await sleep(10);
    log.push("closed");
  }
}
export async function* numbers() { for (let i = 0; ; i++) yield i; }
export async function consume() { for await (const n of numbers()) if (n < 0) return n; }
`,
  );
  await kernel.run('let state = "kept"; import { work, consume } from "./work.ts";');
  await kernel.run('import { pbkdf2Sync } from "node:crypto";');
  await kernel.run(`const silent = "http://127.0.0.1:${(silent.address() as AddressInfo).port}"`);
});
afterAll(async () => {
  silent.closeAllConnections();
  silent.close();
  await kernel.stop();
});

const PLACES: Record<string, string> = {
  "a synchronous loop": "while (true);",
  "a synchronous loop after an await": "await 1; while (true);",
  "a synchronous loop in a timer": "setTimeout(() => { while (true); }, 0); await new Promise(() => {});",
  "a promise that never settles": "await new Promise(() => {});",
  "an async loop": "for (;;) await new Promise((resolve) => setTimeout(resolve, 1));",
  "an async loop that never leaves the microtask queue": "for (;;) await null;",
  "an async loop in a module": "await work([]);",
  "a for await loop in a module": "await consume();",
  "a request that is never answered": "await fetch(silent);",
  "native calls of a tenth of a second": 'for (;;) pbkdf2Sync("a", "b", 100_000, 64, "sha512");',
  "a backtracking regular expression": '/(a+)+$/.test("a".repeat(40) + "b")',
};

describe("Stop ends", () => {
  for (const [place, code] of Object.entries(PLACES)) {
    test(`${place}, and the state is kept`, async () => {
      const ran = await kernel.runAndStop(code);
      expect(ran.error).toBe("KernelInterrupt: interrupted");
      expect(ran.ms).toBeLessThan(1_000);
      expect((await kernel.run("state")).result).toBe("'kept'");
    });
  }

  test("a question to the user", async () => {
    const never = () => new Promise<string>(() => {});
    expect((await kernel.runAndStop('prompt("?")', 150, { onStdin: never })).error).toMatch(
      /^KernelInterrupt/,
    );
    const ask = 'await globalThis[Symbol.for("gradbook.notebook")].input("?")';
    expect((await kernel.runAndStop(ask, 150, { onStdin: never })).error).toMatch(/^KernelInterrupt/);
  });

  test("a loop that swallows the interrupt, at the latest after the time for cleaning up", async () => {
    const ran = await kernel.runAndStop(
      "for (;;) { try { await new Promise((r) => setTimeout(r, 5)) } catch {} }",
    );
    expect(ran.error).toBe("KernelInterrupt: interrupted");
    expect((await kernel.run("state")).result).toBe("'kept'");
  });
});

test("finally blocks run from the inside out and may await, before the cell reports", async () => {
  await kernel.run("const log: string[] = []");
  await kernel.runAndStop('try { await work(log) } finally { log.push("cell") }');
  expect((await kernel.run("log")).result).toBe("[ 'closing', 'closed', 'cell' ]");
});

test("code with a handler takes the first interrupt itself, the second stops it", async () => {
  const loop = (end: string) => `{ let stop = false;
    const off = globalThis[Symbol.for("gradbook.notebook")].onInterrupt(() => (stop = true));
    while (!(stop && ${end})) await new Promise((resolve) => setTimeout(resolve, 2));
    off(); }
    "finished the step"`;
  expect((await kernel.runAndStop(loop("true"))).result).toBe("'finished the step'");
  const stubborn = kernel.run(loop("false"));
  for (let press = 0; press < 2; press++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await kernel.client.request("interrupt_request", {}, "control");
  }
  expect((await stubborn).error).toBe("KernelInterrupt: interrupted");
});

test("Stop while nothing runs does no harm, and ends work left behind by earlier cells", async () => {
  await kernel.run(
    "let ticks = 0; (async () => { for (;;) { await new Promise((r) => setTimeout(r, 2)); ticks++ } })(); 0",
  );
  await kernel.client.request("interrupt_request", {}, "control");
  await kernel.run("const seen = ticks; await new Promise((r) => setTimeout(r, 60))");
  expect((await kernel.run("ticks - seen")).result).toBe("0");
});

test("a thousand interrupts in a row, of every kind in turn, lose nothing", async () => {
  await kernel.run("let count = 0");
  const places = Object.entries(PLACES);
  for (let i = 0; i < 1000; i++) {
    const [place, code] = places[i % places.length];
    const begun = kernel.hear(({ header }) => header.msg_type === "stream");
    const running = kernel.run(`console.log(++count); ${code}`);
    await begun;
    await new Promise((resolve) => setTimeout(resolve, i % 7));
    await kernel.client.request("interrupt_request", {}, "control");
    expect((await running).error, `${place}, interrupt ${i}`).toBe("KernelInterrupt: interrupted");
  }
  expect((await kernel.run("count")).result).toBe("1000");
  expect((await kernel.run("state")).result).toBe("'kept'");
}, 300_000);

test("Stop that comes before the code has started still stops it", async () => {
  for (let i = 0; i < 10; i++) {
    expect((await kernel.runAndStop("while (true);", i)).error).toBe("KernelInterrupt: interrupted");
  }
});
