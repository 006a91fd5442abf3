/**
 * VS Code's Jupyter extension in front of the kernel: what it sends, in which order, and what must come back.
 *
 * VS Code itself cannot run in a test, so this is its side of the conversation as data, from its source
 * (microsoft/vscode-jupyter, commit 3d24702 of 2026-07-24):
 *   src/kernels/raw/session/rawKernelConnection.node.ts  kernel_info on control and shell at once until one is
 *                                                        answered and iopub was heard; Stop by message on control
 *   src/kernels/kernel.ts                                after that kernel_info once more, then it waits for idle; start-up
 *                                                        code is Python's alone, and empty code is never sent; widgets
 *                                                        of other languages count as version 8
 *   src/kernels/execution/cellExecution.ts               a cell: stop_on_error false, allow_stdin true, the cell's
 *                                                        URI and metadata as the request's metadata
 *   src/kernels/helpers.ts                               code behind the scenes: store_history false, not silent
 *   src/standalone/intellisense/kernelCompletionProvider.ts   completion and the documentation of an entry
 * Left out: what it asks of a Jupyter server, which jupyterlab's own client does here too (tests/studio/server).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KernelMessage } from "../../studio/kernels/index.ts";
import { delay, KernelSession, types } from "./kernel-session.ts";

const CELL = { silent: false, stop_on_error: false, allow_stdin: true, store_history: true };
const BEHIND_THE_SCENES = { ...CELL, store_history: false };
const cellAt = (index: number) => ({
  cellId: `vscode-notebook-cell:/notebook.ipynb#${index}`,
  metadata: { tags: ["parameters"] },
});
const SLIDER =
  'import { param } from "gradbook/notebook"; import { number } from "gradbook/core";\n' +
  'const heat = param("heat", number({ default: 1, min: 0, max: 2, description: "Temperature." }));';

interface Turn {
  /** What the person does. */
  when: string;
  send: [type: string, channel: "shell" | "control", content: object, metadata?: object];
  reply: object;
  /** iopub messages with this request as parent, in order. */
  iopub: string[];
  result?: string;
}

const OPENING: Turn[] = [
  {
    when: "the kernel has answered",
    send: ["kernel_info_request", "shell", {}],
    reply: { status: "ok", language_info: { name: "typescript" } },
    iopub: ["busy", "idle"],
  },
];
const WORK: Turn[] = [
  {
    when: "a cell is run",
    send: ["execute_request", "shell", { ...CELL, code: "const a: number = 6; a * 7" }, cellAt(1)],
    reply: { status: "ok", execution_count: 1 },
    iopub: ["busy", "execute_input", "execute_result", "idle"],
    result: "42",
  },
  {
    when: "a cell fails: the next one is sent all the same, and runs",
    send: ["execute_request", "shell", { ...CELL, code: 'throw new Error("no")' }, cellAt(2)],
    reply: { status: "error", ename: "Error", evalue: "no", execution_count: 2 },
    iopub: ["busy", "execute_input", "error", "idle"],
  },
  {
    when: "the variables view asks behind the scenes: no count, but a result",
    send: ["execute_request", "shell", { ...BEHIND_THE_SCENES, code: "a" }],
    reply: { status: "ok", execution_count: 2 },
    iopub: ["busy", "execute_input", "execute_result", "idle"],
    result: "6",
  },
  {
    when: "a name is typed",
    send: ["complete_request", "shell", { code: "a.toFix", cursor_pos: 7 }],
    reply: { status: "ok", matches: ["toFixed"], cursor_start: 2, cursor_end: 7 },
    iopub: ["busy", "idle"],
  },
  {
    when: "an entry of the list is looked at",
    send: ["inspect_request", "shell", { code: "a.toFixed", cursor_pos: 9, detail_level: 0 }],
    reply: { status: "ok", found: true },
    iopub: ["busy", "idle"],
  },
];

let kernel: KernelSession;
const heard: KernelMessage[] = [];
beforeAll(async () => {
  kernel = await KernelSession.start();
  kernel.client.onIopub((message) => heard.push(message));
});
afterAll(() => kernel.stop());

const childrenOf = (id: string) =>
  heard.filter(({ parent_header }) => (parent_header as { msg_id?: string }).msg_id === id);
const named = ({ header, content }: KernelMessage) =>
  header.msg_type === "status" ? content.execution_state : header.msg_type;

async function replay({ send: [type, channel, content, metadata = {}], reply, iopub, result }: Turn) {
  const options = { metadata: metadata as Record<string, unknown> };
  const answer = await kernel.client.request(type, content as Record<string, unknown>, channel, options);
  const id = (answer.parent_header as { msg_id: string }).msg_id;
  expect(answer.header.msg_type).toBe(type.replace("request", "reply"));
  expect(answer.content).toMatchObject(reply);
  await expect.poll(() => childrenOf(id).map(named)).toEqual(iopub);
  const shown = childrenOf(id).find(({ header }) => header.msg_type === "execute_result");
  expect(shown?.content.data["text/plain"]).toBe(result);
}

test("at the start it asks on control and shell at once: both are answered, and iopub is heard", async () => {
  const [onControl, onShell] = await Promise.all([
    kernel.client.request("kernel_info_request", {}, "control"),
    kernel.client.request("kernel_info_request", {}, "shell"),
  ]);
  expect(onControl.content).toEqual(onShell.content);
  await expect.poll(() => types(heard)).toContain("status");
});

test.each(OPENING)("$when", replay);

describe("work", () => {
  test.each(WORK)("$when", replay);

  test("a widget is opened under its cell before idle, and what its slider says arrives without a cell", async () => {
    const ran = await kernel.run(SLIDER, { stopOnError: false, allowStdin: true, metadata: cellAt(3) });
    const opened = ran.messages.filter(({ header }) => header.msg_type === "comm_open");
    expect(new Set(opened.map(({ content }) => content.target_name))).toEqual(new Set(["jupyter.widget"]));
    // The front end loads the models of ipywidgets 8 by this version of the widget protocol.
    expect(opened[0].metadata).toMatchObject({ version: expect.stringMatching(/^2\./) });
    expect(ran.messages.map(named).at(-1)).toBe("idle");
    const slider = opened.find(({ content }) => /(Slider|Text)Model$/.test(content.data.state._model_name));
    const { comms } = (await kernel.client.request("comm_info_request", { target_name: "jupyter.widget" }))
      .content;
    expect(Object.keys(comms)).toEqual(expect.arrayContaining(opened.map(({ content }) => content.comm_id)));
    const data = { method: "update", state: { value: 1.5 }, buffer_paths: [] };
    kernel.client.send("comm_msg", { comm_id: slider!.content.comm_id, data });
    await expect.poll(async () => (await kernel.run("heat")).result).toBe("1.5");
  });

  test("a question of the kernel is answered", async () => {
    const asked = await kernel.run('prompt("name?")', {
      stopOnError: false,
      onStdin: (question) => (question === "name?" ? "Ishmael" : "?"),
      metadata: cellAt(4),
    });
    expect(asked.result).toBe("'Ishmael'");
  });

  test("Stop is a message on control, answered while the cell runs; the variables stay", async () => {
    const running = kernel.run("for (;;);", { stopOnError: false, allowStdin: true, metadata: cellAt(5) });
    await delay(150);
    const { content } = await kernel.client.request("interrupt_request", {}, "control");
    expect(content).toEqual({ status: "ok" });
    expect((await running).reply).toMatchObject({ status: "error", ename: "KernelInterrupt" });
    expect((await kernel.run("a")).result).toBe("6");
  });
});

test("Restart ends the process and starts another: the first questions again, and no variables", async () => {
  const again = await KernelSession.start(kernel.folder);
  await kernel.stop();
  kernel = again;
  heard.length = 0;
  kernel.client.onIopub((message) => heard.push(message));
  for (const turn of OPENING) await replay(turn);
  expect((await kernel.run("typeof a")).result).toBe("'undefined'");
});
