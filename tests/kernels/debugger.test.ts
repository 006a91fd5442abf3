import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeMappings } from "../../kernels/typescript/wire/debug/cell-sources.ts";
import { murmur2 } from "../../kernels/typescript/wire/debug/murmur2.ts";
import { KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
let sequence = 0;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function debug(command: string, args: Record<string, unknown> = {}): Promise<any> {
  const content = { seq: ++sequence, type: "request", command, arguments: args };
  const reply = await kernel.client.request("debug_request", content, "control", { timeoutMs: 10_000 });
  expect(reply.content).toMatchObject({ type: "response", request_seq: sequence, command, success: true });
  return reply.content.body;
}

const event = (name: string) =>
  kernel.hear(({ header, content }) => header.msg_type === "debug_event" && content.event === name);

beforeAll(async () => {
  kernel = await KernelSession.start();
  await debug("initialize");
  await debug("attach");
});
afterAll(() => kernel.stop());

/** Where the program stands: function name and line of each frame of the user's. */
async function stack(): Promise<string[]> {
  const { stackFrames } = await debug("stackTrace", { threadId: 1 });
  return stackFrames.map(({ name, line }: { name: string; line: number }) => `${name}:${line}`);
}

const code = `interface Shape { side: number }
function area(shape: Shape): number {
  const square = shape.side ** 2;
  return square;
}
const total = area({ side: 3 });
total + 1`;

test("the hash is the one by which JupyterLab names cells", async () => {
  const { murmur2: golden } = await import("../../node_modules/@jupyterlab/debugger/lib/hash.js" as string);
  for (const text of ["", "a", "ab", "abc", "abcd", "const é = '🙂';", code]) {
    expect(murmur2(text, 0x9747b28c)).toBe(golden(text, 0x9747b28c));
  }
});

test("source map mappings are decoded", () => {
  expect(decodeMappings("AAAA;EACE,KAAK")).toEqual([
    { generated: { line: 0, column: 0 }, original: { line: 0, column: 0 } },
    { generated: { line: 1, column: 2 }, original: { line: 1, column: 2 } },
    { generated: { line: 1, column: 7 }, original: { line: 1, column: 7 } },
  ]);
});

describe("a breakpoint in a cell", () => {
  test("the reply to continue comes before the next stop: JupyterLab forgets frames when it has the reply", async () => {
    const loop = "let turns = 0;\nfor (let i = 0; i < 4; i++) {\n  turns += i;\n}\nturns";
    const { sourcePath } = await debug("dumpCell", { code: loop });
    const source = { path: sourcePath };
    await debug("setBreakpoints", { source, breakpoints: [{ line: 3 }] });
    let stopped = event("stopped");
    const running = kernel.run(loop);
    await stopped;
    const sentAt = ({ header }: { header: { date: string } }) => Date.parse(header.date);
    for (let i = 1; i < 4; i++) {
      stopped = event("stopped");
      const request = { seq: ++sequence, type: "request", command: "continue", arguments: { threadId: 1 } };
      const reply = await kernel.client.request("debug_request", request, "control");
      // By the kernel's clock: they travel over different sockets, so the reply needs a lead.
      expect(sentAt((await stopped).at(-1)!) - sentAt(reply)).toBeGreaterThanOrEqual(25);
      expect(await stack()).toEqual(["(cell):3"]);
    }
    await debug("setBreakpoints", { source, breakpoints: [] });
    await debug("continue", { threadId: 1 });
    expect((await running).result).toBe("6");
  });

  test("stops there; stack, scopes and variables are those of the source; stepping goes on", async () => {
    const { sourcePath } = await debug("dumpCell", { code });
    const info = await debug("debugInfo");
    expect(sourcePath).toBe(`${info.tmpFilePrefix}${murmur2(code, info.hashSeed)}${info.tmpFileSuffix}`);
    const set = await debug("setBreakpoints", { source: { path: sourcePath }, breakpoints: [{ line: 3 }] });
    expect(set.breakpoints).toEqual([{ verified: true, line: 3, source: { path: sourcePath } }]);

    const stopped = event("stopped");
    const running = kernel.run(code);
    expect((await stopped).at(-1)!.content.body).toMatchObject({ reason: "breakpoint", threadId: 1 });
    expect(await stack()).toEqual(["area:3", "(cell):6"]);

    const { scopes } = await debug("scopes", { frameId: 0 });
    expect(scopes[0].name).toBe("Local");
    const { variables } = await debug("variables", { variablesReference: scopes[0].variablesReference });
    expect(variables.map(({ name, value }: Record<string, string>) => `${name} = ${value}`)).toEqual([
      "shape = Object {side: 3}",
      "square = (not set yet)",
    ]);
    const inner = await debug("variables", { variablesReference: variables[0].variablesReference });
    expect(inner.variables[0]).toMatchObject({ name: "side", value: "3" });
    expect(variables[0].type).toBe("Object");
    // JupyterLab would show the type and not the value.
    expect(inner.variables[0]).not.toHaveProperty("type");
    expect(await debug("evaluate", { expression: "shape.side * 100", frameId: 0 })).toMatchObject({
      result: "300",
    });

    const stepped = event("stopped");
    await debug("next", { threadId: 1 });
    await stepped;
    expect(await stack()).toEqual(["area:4", "(cell):6"]);
    await debug("continue", { threadId: 1 });
    expect((await running).result).toBe("10");
  });

  test("shows the session's variables while nothing is paused", async () => {
    const { variables } = await debug("inspectVariables");
    expect(variables).toContainEqual(expect.objectContaining({ name: "total", value: "9" }));
    const { data } = await debug("richInspectVariables", { variableName: "total" });
    expect(data).toEqual({ "text/plain": "9" });
  });

  test("is passed when its condition does not hold", async () => {
    const loop = "let hits = 0;\nfor (let i = 0; i < 5; i++) {\n  hits += i;\n}\nhits";
    const { sourcePath } = await debug("dumpCell", { code: loop });
    const breakpoints = [{ line: 3, condition: "i === 3" }];
    await debug("setBreakpoints", { source: { path: sourcePath }, breakpoints });
    const stopped = event("stopped");
    const running = kernel.run(loop);
    await stopped;
    expect(await debug("evaluate", { expression: "i", frameId: 0 })).toMatchObject({ result: "3" });
    await debug("continue");
    expect((await running).result).toBe("10");
  });
});

test("a breakpoint in a local module stops there, after an edit too", async () => {
  const file = path.join(kernel.folder, "stepped.ts");
  writeFileSync(file, "export function half(x: number): number {\n  const y = x / 2;\n  return y;\n}\n");
  await debug("setBreakpoints", { source: { path: file }, breakpoints: [{ line: 3 }] });
  const stopped = event("stopped");
  const running = kernel.run('import { half } from "./stepped.ts";\nhalf(5)');
  await stopped;
  const { stackFrames } = await debug("stackTrace");
  expect(stackFrames[0]).toMatchObject({ name: "half", line: 3, source: { path: file } });
  expect((await debug("source", { source: { path: file } })).content).toContain("return y");
  await debug("continue");
  expect((await running).result).toBe("2.5");
});

test("exceptions stop the program when asked to", async () => {
  await debug("setExceptionBreakpoints", { filters: ["all"] });
  const stopped = event("stopped");
  const running = kernel.run("function bad() {\n  throw new Error('x');\n}\nbad()");
  expect((await stopped).at(-1)!.content.body.reason).toBe("exception");
  expect(await stack()).toEqual(["bad:2", "(cell):4"]);
  await debug("setExceptionBreakpoints", { filters: [] });
  await debug("continue");
  expect((await running).error).toBe("Error: x");
});

test("Stop ends a paused cell", async () => {
  const stuck = "const before = 1;\nfor (;;) {\n  void before;\n}";
  const { sourcePath } = await debug("dumpCell", { code: stuck });
  await debug("setBreakpoints", { source: { path: sourcePath }, breakpoints: [{ line: 1 }] });
  const stopped = event("stopped");
  const running = kernel.run(stuck);
  await stopped;
  await kernel.client.request("interrupt_request", {}, "control");
  expect((await running).error).toBe("KernelInterrupt: interrupted");
});

test("after disconnect cells run through, and unknown requests are refused", async () => {
  await debug("disconnect");
  expect((await debug("debugInfo")).isStarted).toBe(false);
  expect((await kernel.run(code)).result).toBe("10");
  const content = { seq: 99, type: "request", command: "nonsense" };
  expect((await kernel.client.request("debug_request", content, "control")).content.success).toBe(false);
});
