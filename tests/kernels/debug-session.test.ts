/**
 * A whole debug session as a front end leads it: what is asked, in which order, and what must come back.
 *
 * The transcript is data. `keep` notes what only the kernel knows: the path of the dumped cell, the number
 * by which a scope's variables are asked for. Source of the order: Debug Adapter Protocol 1.70, "Launch
 * sequencing", with Jupyter's dumpCell before setBreakpoints.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KernelSession } from "./kernel-session.ts";

const CELL = 'import { half } from "./halves.ts";\nconst whole = 5;\nconst part = half(whole);\npart + 1';
const MODULE = "export function half(x: number): number {\n  const y = x / 2;\n  return y;\n}\n";

/** One turn: a request and its answer's body, an event that must follow, or the cell that is run. */
type Turn =
  | { ask: string; with?: object; answer: unknown; keep?: (body: never, at: Known) => void }
  | { hear: string; body?: object }
  | { run: string };
interface Known {
  cell: string;
  scope: number;
}

const stackOf = (...frames: [name: string, line: number][]) => ({
  stackFrames: frames.map(([name, line]) => expect.objectContaining({ name, line })),
  totalFrames: frames.length,
});
const variable = (name: string, value: string) => expect.objectContaining({ name, value });
const stopped = (reason: string) => ({
  hear: "stopped",
  body: { reason, threadId: 1, allThreadsStopped: true },
});
const keepScope = (body: { scopes: { variablesReference: number }[] }, at: Known) =>
  void (at.scope = body.scopes[0].variablesReference);
const keepCell = (body: { sourcePath: string }, at: Known) => void (at.cell = body.sourcePath);

const TRANSCRIPT: Turn[] = [
  {
    ask: "initialize",
    with: { clientID: "jupyterlab", linesStartAt1: true },
    answer: { supportsConditionalBreakpoints: true },
  },
  { ask: "attach", answer: {} },
  { hear: "initialized" },
  { ask: "dumpCell", with: { code: CELL }, answer: { sourcePath: expect.any(String) }, keep: keepCell },
  {
    ask: "setBreakpoints",
    with: { breakpoints: [{ line: 3 }], sourceModified: false },
    answer: { breakpoints: [{ verified: true, line: 3 }] },
  },
  { ask: "configurationDone", answer: {} },
  { run: CELL },
  stopped("breakpoint"),
  { ask: "stackTrace", with: { threadId: 1 }, answer: stackOf(["(cell)", 3]) },
  { ask: "stepIn", with: { threadId: 1 }, answer: {} },
  stopped("step"),
  { ask: "stackTrace", with: { threadId: 1 }, answer: stackOf(["half", 2], ["(cell)", 3]) },
  { ask: "next", with: { threadId: 1 }, answer: {} },
  stopped("step"),
  { ask: "stackTrace", with: { threadId: 1 }, answer: stackOf(["half", 3], ["(cell)", 3]) },
  {
    ask: "scopes",
    with: { frameId: 0 },
    answer: { scopes: expect.arrayContaining([expect.objectContaining({ name: "Local" })]) },
    keep: keepScope,
  },
  { ask: "variables", answer: { variables: [variable("x", "5"), variable("y", "2.5")] } },
  { ask: "evaluate", with: { expression: "x + y", frameId: 0 }, answer: { result: "7.5" } },
  { ask: "continue", with: { threadId: 1 }, answer: { allThreadsContinued: true } },
  { hear: "continued" },
  { ask: "disconnect", with: { restart: false }, answer: {} },
  { ask: "debugInfo", answer: { isStarted: false, breakpoints: [], stoppedThreads: [] } },
];

let kernel: KernelSession;
beforeAll(async () => void (kernel = await KernelSession.start()));
afterAll(() => kernel.stop());

test("a recorded debug session comes back word for word", async () => {
  writeFileSync(path.join(kernel.folder, "halves.ts"), MODULE);
  const at: Known = { cell: "", scope: 0 };
  const events: { event: string; body: object }[] = [];
  kernel.client.onIopub(({ header, content }) => {
    if (header.msg_type === "debug_event") events.push(content);
  });
  let running: ReturnType<KernelSession["run"]> | undefined;
  for (const [index, turn] of TRANSCRIPT.entries()) {
    if ("run" in turn) running = kernel.run(turn.run);
    else if ("hear" in turn) {
      await expect.poll(() => events.map(({ event }) => event)).toContain(turn.hear);
      const place = events.findIndex(({ event }) => event === turn.hear);
      if (turn.body) expect(events[place].body).toEqual(turn.body);
      events.splice(0, place + 1);
    } else {
      const asked: Record<string, unknown> = { ...turn.with };
      if (turn.ask === "setBreakpoints") asked.source = { path: at.cell };
      if (turn.ask === "variables") Object.assign(asked, { variablesReference: at.scope });
      const request = { seq: index, type: "request", command: turn.ask, arguments: asked };
      const { content } = await kernel.client.request("debug_request", request, "control");
      expect(content).toMatchObject({
        type: "response",
        request_seq: index,
        command: turn.ask,
        success: true,
      });
      expect(content.body).toMatchObject(turn.answer as object);
      turn.keep?.(content.body as never, at);
    }
  }
  expect((await running!).result).toBe("3.5");
});
