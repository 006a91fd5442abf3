/** Kernels and sessions over REST and WebSocket, with the real TypeScript kernel. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Execution } from "../../../studio/lab/execution.ts";
import type { KernelModel } from "../../../studio/server/kernels/live-kernel.ts";
import type { SessionModel } from "../../../studio/server/kernels/sessions.ts";
import { notebookOf, Page, startTestServer, type TestServer } from "./test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const { id } of await server.json<SessionModel[]>("/api/sessions"))
    await server.json(`/api/sessions/${id}`, "DELETE");
});

async function openNotebook(
  name: string,
  ...sources: string[]
): Promise<SessionModel & { kernel: KernelModel }> {
  writeFileSync(path.join(server.folder, name), JSON.stringify(notebookOf(...sources)));
  return server.json("/api/sessions", "POST", {
    path: name,
    type: "notebook",
    name,
    kernel: { name: "gradbook" },
  });
}

const stateOf = async (id: string) => (await server.json<KernelModel>(`/api/kernels/${id}`)).execution_state;

/** Kernel processes that the server in this process has started. */
const kernelPids = () =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)/.exec(line))
    .filter((match) => match && Number(match[2]) === process.pid && match[3].includes("start.js"))
    .map((match) => Number(match![1]));

type Saved = ReturnType<typeof notebookOf>;
const onDisk = (name: string) => JSON.parse(readFileSync(path.join(server.folder, name), "utf8")) as Saved;
const ticking = (count: number, ms: number) =>
  `for (let i = 1; i <= ${count}; i++) { console.log("tick " + i); await new Promise((done) => setTimeout(done, ${ms})); }`;

describe("sessions", () => {
  it("are found again by path; two tabs that open one notebook share one kernel", async () => {
    const body = { path: "shared.ipynb", type: "notebook", kernel: { name: "gradbook" } };
    const open = () => server.json<SessionModel>("/api/sessions", "POST", body);
    const [first, second] = await Promise.all([open(), open()]);
    expect(second.id).toBe(first.id);
    expect((await open()).kernel!.id).toBe(first.kernel!.id);
    expect(await server.json<KernelModel[]>("/api/kernels")).toHaveLength(1);
  });

  it("end with their kernel", async () => {
    const { id } = await openNotebook("end.ipynb");
    await server.json(`/api/sessions/${id}`, "DELETE");
    expect(await server.json("/api/kernels")).toEqual([]);
    expect((await server.request(`/api/sessions/${id}`)).status).toBe(404);
  });

  it("follow a renamed notebook", async () => {
    const { id } = await openNotebook("before.ipynb");
    await server.json("/api/contents/before.ipynb", "PATCH", { path: "after.ipynb" });
    expect((await server.json<SessionModel>(`/api/sessions/${id}`)).path).toBe("after.ipynb");
  });

  it("name the kernels there are when asked for one there is not", async () => {
    const response = await server.request("/api/kernels", { method: "POST", body: '{"name": "gradbok"}' });
    expect(response.status).toBe(404);
    expect((await response.json()).message).toContain('no kernel "gradbok"; did you mean gradbook?');
  });
});

describe("a page", () => {
  it("runs cells and hears their output in order, all of it before idle", async () => {
    const { kernel } = await openNotebook("run.ipynb");
    const page = await Page.open(server, kernel.id, "page");
    const id = page.run('console.log("hello"); 6 * 7', "cell-0");
    await page.idle(id);
    const types = page.messages.filter((m) => m.parent_header.msg_id === id).map((m) => m.header.msg_type);
    expect(types.filter((type) => type !== "execute_reply")).toEqual([
      "status",
      "execute_input",
      "stream",
      "execute_result",
      "status",
    ]);
    expect(page.printed(id)).toBe("hello\n");
    await page.close();
  });

  it("can stop a cell, and the variables are still there", async () => {
    const { kernel } = await openNotebook("stop.ipynb");
    const page = await Page.open(server, kernel.id, "page");
    await page.idle(page.run("let count = 41;", "cell-0"));
    const endless = page.run('console.log("go"); for (;;) count = 42;', "cell-1");
    await page.until(
      ({ header, parent_header }) => header.msg_type === "stream" && parent_header.msg_id === endless,
    );
    await server.json(`/api/kernels/${kernel.id}/interrupt`, "POST");
    await page.idle(endless);
    const after = page.run("console.log(count)", "cell-2");
    await page.idle(after);
    expect(page.printed(after)).toBe("42\n");
    await page.close();
  });

  it("that loses its connection gets what it missed when it is back", async () => {
    const { kernel } = await openNotebook("away.ipynb");
    const before = await Page.open(server, kernel.id, "same-page");
    const id = before.run(ticking(4, 250), "cell-0");
    await before.until(({ header }) => header.msg_type === "stream");
    await before.close();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const after = await Page.open(server, kernel.id, "same-page");
    await after.idle(id);
    expect(before.printed(id) + after.printed(id)).toBe("tick 1\ntick 2\ntick 3\ntick 4\n");
    await after.close();
  });

  it("hears that its kernel died, and works again with the one that replaces it", async () => {
    const { kernel } = await openNotebook("death.ipynb");
    const page = await Page.open(server, kernel.id, "page");
    page.run("process.kill(process.pid, 'SIGKILL')", "cell-0"); // At once: it is the cell's doing, not the kernel's.
    await page.until(({ content }) => content.execution_state === "restarting");
    await expect.poll(() => stateOf(kernel.id), { timeout: 20_000 }).toBe("idle");
    const id = page.run("console.log('alive')", "cell-0");
    await page.idle(id);
    expect(page.printed(id)).toBe("alive\n");
    await page.close();
  });

  it("whose cell uses up the memory hears why the kernel died, and goes on with a new one", async () => {
    process.env.NODE_OPTIONS = "--max-old-space-size=200";
    const { kernel } = await openNotebook("full.ipynb", "");
    delete process.env.NODE_OPTIONS;
    const page = await Page.open(server, kernel.id, "page");
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const id = page.run(
      "console.log('on'); const all = []; for (;;) all.push(new Array(1000).fill(1.5));",
      "cell-0",
    );
    const told = await page.until(
      ({ header, parent_header }) => header.msg_type === "error" && parent_header.msg_id === id,
    );
    expect(told.content.ename).toBe("KernelDied");
    expect(told.content.evalue).toMatch(
      /out of memory: JavaScript's heap was full.*NODE_OPTIONS=--max-old-space-size/,
    );
    expect(page.printed(id)).toBe("on\n");
    await expect.poll(() => stateOf(kernel.id), { timeout: 20_000 }).toBe("idle");
    const next = page.run("console.log('alive')", "cell-0");
    await page.idle(next);
    expect(page.printed(next)).toBe("alive\n");
    await page.close();
  }, 60_000);

  it("hears that its kernel is dead when that dies at its start, and works again after a restart", async () => {
    const { kernel } = await openNotebook("dead.ipynb");
    const page = await Page.open(server, kernel.id, "page");
    for (const pid of kernelPids()) process.kill(pid, "SIGKILL");
    await page.until(({ content }) => content.execution_state === "dead");
    expect(await stateOf(kernel.id)).toBe("dead");
    await server.json(`/api/kernels/${kernel.id}/restart`, "POST");
    const id = page.run("console.log('alive')", "cell-0");
    await page.idle(id);
    expect(page.printed(id)).toBe("alive\n");
    await page.close();
  });
});

describe("closing the browser", () => {
  it("loses no output: who opens the notebook next finds it in the file", async () => {
    const { kernel } = await openNotebook("closed.ipynb", ticking(4, 150), "1 + 1");
    const page = await Page.open(server, kernel.id, "page");
    const id = page.run(ticking(4, 150), "cell-0");
    page.run("1 + 1", "cell-1");
    await page.until(
      ({ parent_header, header }) => parent_header.msg_id === id && header.msg_type === "stream",
    );
    await page.close();
    await expect
      .poll(
        async () =>
          (await server.json<{ content: Saved }>("/api/contents/closed.ipynb")).content.cells[1].outputs
            .length,
      )
      .toBe(1);
    const { cells } = onDisk("closed.ipynb");
    expect(cells[1].execution_count).toBe(2);
    expect(cells[0].outputs).toMatchObject([
      { name: "stdout", text: ["tick 1\n", "tick 2\n", "tick 3\n", "tick 4\n"] },
    ]);
    expect(cells[1].outputs).toMatchObject([{ data: { "text/plain": ["2"] } }]);
  });

  it("writes by itself after a while, with nobody asking", async () => {
    const { kernel } = await openNotebook("alone.ipynb", "");
    const page = await Page.open(server, kernel.id, "page");
    page.run("console.log('kept')", "cell-0");
    await page.close();
    await expect.poll(() => onDisk("alone.ipynb").cells[0].outputs, { timeout: 30_000 }).toHaveLength(1);
  });

  it("hands a running cell to the next page: outputs so far, then it goes on there", async () => {
    const { kernel } = await openNotebook("resume.ipynb", "");
    const first = await Page.open(server, kernel.id, "first");
    const id = first.run(ticking(6, 200), "cell-0");
    await first.until(({ header }) => header.msg_type === "stream");
    await first.close();
    const second = await Page.open(server, kernel.id, "second");
    const [execution] = await server.json<Execution[]>(
      `/gradbook/api/kernels/${kernel.id}/executions`,
      "POST",
      {
        session: "second",
      },
    );
    expect(execution).toMatchObject({ cell_id: "cell-0", msg_id: id, state: "running" });
    const sofar = (execution.outputs[0] as { text: string }).text;
    expect(sofar).toMatch(/^tick 1\n/);
    await second.idle(id);
    const known = second.messages.findIndex(({ header }) => header.msg_id === execution.last_msg_id);
    const rest = second.messages
      .slice(known + 1)
      .filter(({ header }) => header.msg_type === "stream")
      .map(({ content }) => content.text);
    expect(sofar + rest.join("")).toBe("tick 1\ntick 2\ntick 3\ntick 4\ntick 5\ntick 6\n");
    await second.close();
  });

  it("remembers which output an update belongs to", async () => {
    const { kernel } = await openNotebook("display.ipynb", "", "");
    const page = await Page.open(server, kernel.id, "page");
    const host = 'globalThis[Symbol.for("gradbook.notebook")]';
    await page.idle(page.run(`${host}.display({ "text/plain": "old" }, { displayId: "d1" });`, "cell-0"));
    await page.close();
    const next = await Page.open(server, kernel.id, "next");
    await next.idle(
      next.run(`${host}.display({ "text/plain": "new" }, { displayId: "d1", update: true });`, "cell-1"),
    );
    const executions = await server.json<Execution[]>(
      `/gradbook/api/kernels/${kernel.id}/executions`,
      "POST",
      {
        session: "next",
      },
    );
    expect(executions[0]).toMatchObject({
      display_ids: ["d1"],
      outputs: [{ data: { "text/plain": "new" } }],
    });
    await next.close();
  });

  it("says in the notebook that the kernel died under a running cell", async () => {
    const { kernel } = await openNotebook("killed.ipynb", "");
    const page = await Page.open(server, kernel.id, "page");
    const id = page.run(
      "console.log('last words'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500); await new Promise(() => {})",
      "cell-0",
    );
    await page.until(
      ({ parent_header, header }) => parent_header.msg_id === id && header.msg_type === "stream",
    );
    await page.close();
    const read = async () => (await server.json<{ content: Saved }>("/api/contents/killed.ipynb")).content;
    await expect.poll(async () => (await read()).cells[0].outputs.length, { timeout: 10_000 }).toBe(2);
    expect(onDisk("killed.ipynb").cells[0].outputs).toMatchObject([
      { output_type: "stream", text: ["last words\n"] },
      { output_type: "error", ename: "KernelDied", evalue: expect.stringContaining("signal SIGKILL") },
    ]);
  });
});
