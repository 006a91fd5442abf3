import { afterAll, beforeAll, expect, test } from "vitest";
import { delay, KernelSession, types } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => {
  kernel = await KernelSession.start();
  await kernel.run(`const host = globalThis[Symbol.for("gradbook.notebook")];
    host.onCommOpen("echo", (comm) => {
      comm.onMessage = ({ data, buffers }) => {
        console.log("got", data.v);
        comm.send({ echo: data.v }, { metadata: { m: 1 }, buffers: buffers.map((b) => b.map((x) => x + 1)) });
      };
      comm.onClose = () => console.log("closed");
    });`);
});
afterAll(() => kernel.stop());

const isIdle = (id: string) => (message: { content: { execution_state?: string }; parent_header: object }) =>
  message.content.execution_state === "idle" && (message.parent_header as { msg_id?: string }).msg_id === id;

async function send(type: string, content: Record<string, unknown>, buffers: Uint8Array[] = []) {
  const id = kernel.client.send(type, content, "shell", { buffers });
  const heard = await kernel.hear(isIdle(id));
  return heard.filter((message) => (message.parent_header as { msg_id?: string }).msg_id === id);
}

test("a front end opens, talks with binary buffers, and closes", async () => {
  await send("comm_open", { comm_id: "c1", target_name: "echo", data: {} });
  const messages = await send("comm_msg", { comm_id: "c1", data: { v: 5 } }, [new Uint8Array([1, 2])]);
  expect(types(messages)).toEqual(["status", "stream", "comm_msg", "status"]);
  expect(messages[2].content).toEqual({ comm_id: "c1", data: { echo: 5 } });
  expect(messages[2].metadata).toEqual({ m: 1 });
  expect(messages[2].buffers.map((buffer) => [...buffer])).toEqual([[2, 3]]);
  const closing = await send("comm_close", { comm_id: "c1", data: {} });
  expect(closing[1].content.text).toBe("closed\n");
});

test("messages are handled while a cell awaits, and the kernel is busy again afterwards", async () => {
  const states: string[] = [];
  await send("comm_open", { comm_id: "c2", target_name: "echo", data: {} });
  const cell = kernel.run("await new Promise((r) => setTimeout(r, 400)); 'cell'");
  await delay(100);
  const started = performance.now();
  const unsubscribe = kernel.client.onIopub(({ header, content }) => {
    if (header.msg_type === "status") states.push(content.execution_state);
  });
  const id = kernel.client.send("comm_msg", { comm_id: "c2", data: { v: 1 } });
  const heard = await kernel.hear((message) => message.header.msg_type === "comm_msg");
  expect(performance.now() - started).toBeLessThan(300);
  expect(heard.at(-1)!.parent_header).toMatchObject({ msg_id: id });
  const ran = await cell;
  expect(ran.result).toBe("'cell'");
  unsubscribe();
  // The message's own pair, busy for the cell that still runs, idle of the cell.
  expect(states).toEqual(["busy", "idle", "busy", "idle"]);
  expect(types(ran.messages)).toEqual(["status", "execute_input", "execute_result", "status"]);
});

test("an open for an unknown target is closed again", async () => {
  const messages = await send("comm_open", { comm_id: "c3", target_name: "nobody", data: {} });
  expect(types(messages)).toEqual(["status", "comm_close", "status"]);
});

test("the kernel opens comms too, and comm_info lists those of a target", async () => {
  const ran = await kernel.run(
    `const comm = host.openComm("jupyter.widget", { id: "w1", data: { state: 1 }, metadata: { version: "2.1.0" } }); 0`,
  );
  const opened = ran.messages.find(({ header }) => header.msg_type === "comm_open")!;
  expect(opened.content).toEqual({ comm_id: "w1", target_name: "jupyter.widget", data: { state: 1 } });
  expect(opened.metadata).toEqual({ version: "2.1.0" });
  const info = (target: string) => kernel.client.request("comm_info_request", { target_name: target });
  expect((await info("jupyter.widget")).content.comms).toEqual({ w1: { target_name: "jupyter.widget" } });
  await kernel.run("comm.close()");
  expect((await info("jupyter.widget")).content.comms).toEqual({});
});

test("a handler that throws is reported, and the next message is handled", async () => {
  await kernel.run(
    `host.onCommOpen("fragile", (comm) => { comm.onMessage = ({ data }) => { if (data.bad) throw new Error("handler"); console.log("fine") } })`,
  );
  await send("comm_open", { comm_id: "c4", target_name: "fragile", data: {} });
  const broken = await send("comm_msg", { comm_id: "c4", data: { bad: true } });
  expect(broken.find(({ header }) => header.msg_type === "stream")!.content.text).toMatch(
    /Error in a comm handler: .*handler/,
  );
  const fine = await send("comm_msg", { comm_id: "c4", data: {} });
  expect(fine.find(({ header }) => header.msg_type === "stream")!.content.text).toBe("fine\n");
});

test("messages to unknown comms and without an id are ignored", async () => {
  await send("comm_msg", { comm_id: "unknown", data: {} });
  kernel.client.send("comm_msg", { data: {} });
  expect((await kernel.run("1")).result).toBe("1");
});
