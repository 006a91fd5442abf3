import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Dealer, Subscriber } from "zeromq";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { channelUrl } from "../../kernels/protocol/connection.ts";
import { decodeMessage, encodeMessage, makeHeader } from "../../kernels/protocol/message.ts";
import { installKernelSpec, kernelSpec, uninstallKernelSpec } from "../../kernels/typescript/kernelspec.ts";
import { KernelSession, temporaryFolder } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => void (kernel = await KernelSession.start()));
afterAll(() => kernel.stop());

test("kernel_info names the language and the protocol", async () => {
  const { content } = await kernel.client.request("kernel_info_request", {});
  expect(content).toMatchObject({
    status: "ok",
    protocol_version: "5.4",
    implementation: "gradbook",
    language_info: { name: "typescript", file_extension: ".ts", mimetype: "text/typescript" },
  });
});

test("messages that are broken or wrongly signed are ignored", async () => {
  const shell = new Dealer({ linger: 0, receiveTimeout: 300 });
  shell.connect(channelUrl(kernel.process.connection, "shell"));
  const message = {
    identities: [],
    header: makeHeader("execute_request", "intruder"),
    parent_header: {},
    metadata: {},
    content: { code: "globalThis.intruded = true" },
    buffers: [],
  };
  await shell.send(encodeMessage(message, "not the key"));
  await shell.send(["garbage"]);
  await shell.send(["<IDS|MSG>", "", "{", "{}", "{}", "{}"]);
  await shell.send(encodeMessage({ ...message, header: {} as never }, kernel.process.connection.key));
  await expect(shell.receive()).rejects.toThrow();
  shell.close();
  expect((await kernel.run("typeof (globalThis as any).intruded")).result).toBe("'undefined'");
});

describe("signed messages with odd contents", () => {
  let odd: KernelSession;
  beforeAll(async () => void (odd = await KernelSession.start()));
  afterAll(() => odd.stop());
  const REQUESTS = [
    ...["execute", "kernel_info", "comm_info", "is_complete", "complete", "inspect", "history"],
    ...["create_subshell", "delete_subshell", "list_subshell", "debug", "interrupt"],
  ].map((name) => `${name}_request`);
  const TYPES = [...REQUESTS, "comm_open", "comm_msg", "comm_close", "input_reply", "no_such_request"];
  const ODD: unknown[] = [
    null,
    7,
    "text",
    [],
    { code: null, user_expressions: null, comm_id: "x", data: null },
  ];
  const send = async (type: string, content: unknown, metadata: unknown) => {
    const shell = new Dealer({ linger: 500 });
    const { connection } = odd.process;
    shell.connect(channelUrl(connection, type.startsWith("debug") ? "control" : "shell"));
    const header = makeHeader(type, "odd");
    const parts = { identities: [], header, parent_header: {}, metadata: metadata as never, content };
    await shell.send(encodeMessage({ ...parts, buffers: [] }, connection.key));
    return shell;
  };

  test("whatever they hold, the kernel lives and keeps its variables", { timeout: 60_000 }, async () => {
    await odd.run("const kept = 42;");
    const clients = [];
    for (const type of TYPES)
      for (const part of ODD) clients.push(await send(type, part, {}), await send(type, {}, part));
    // The interrupts among them may stop the first of these cells.
    await expect.poll(async () => (await odd.run("kept")).result).toBe("42");
    for (const client of clients) client.close();
  });

  test("null counts as nothing: the request is answered", async () => {
    const shell = await send("execute_request", null, null);
    shell.receiveTimeout = 10_000;
    const { content } = decodeMessage(await shell.receive(), odd.process.connection.key);
    expect(content).toMatchObject({ status: "ok", user_expressions: {} });
    shell.close();
  });

  test("an expression that is no code is an error of its own", async () => {
    const request = { code: "1", user_expressions: { good: "1 + 1", odd: 7 } };
    const { content } = await odd.client.request("execute_request", request);
    expect(content).toMatchObject({
      status: "ok",
      user_expressions: {
        good: { status: "ok", data: { "text/plain": "2" } },
        odd: { status: "error", evalue: "user_expressions.odd: expected code as a string, got 7" },
      },
    });
  });
});

test("a new iopub subscriber is welcomed", async () => {
  const iopub = new Subscriber({ linger: 0, receiveTimeout: 5_000 });
  iopub.connect(channelUrl(kernel.process.connection, "iopub"));
  iopub.subscribe();
  for (;;) {
    const message = decodeMessage(await iopub.receive(), kernel.process.connection.key);
    if (message.header.msg_type !== "iopub_welcome") continue;
    expect(message.content).toEqual({ subscription: "" });
    break;
  }
  iopub.close();
});

describe("the end", () => {
  test("shutdown_request is answered and the process leaves with code 0", async () => {
    const other = await KernelSession.start();
    const reply = await other.client.request("shutdown_request", { restart: false }, "control");
    expect(reply.content).toEqual({ status: "ok", restart: false });
    expect(await other.process.exited).toMatchObject({ code: 0, signal: null });
    other.client.close();
  });

  test("a kernel in an endless loop leaves too", async () => {
    const other = await KernelSession.start();
    void other.run("while (true);").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    await other.client.request("shutdown_request", { restart: false }, "control");
    await other.process.exited;
    other.client.close();
  });
});

test("the kernelspec is installed and removed", () => {
  const prefix = temporaryFolder();
  const folder = installKernelSpec({ prefix });
  expect(folder).toBe(path.join(prefix, "share", "jupyter", "kernels", "gradbook"));
  expect(JSON.parse(readFileSync(path.join(folder, "kernel.json"), "utf8"))).toEqual(kernelSpec());
  expect(uninstallKernelSpec({ prefix })).toBe(true);
  expect(existsSync(folder)).toBe(false);
  expect(uninstallKernelSpec({ prefix })).toBe(false);
});

test("subshells run cells while another cell awaits", async () => {
  const ask = async (type: string, content = {}) =>
    (await kernel.client.request(type, content, "control")).content;
  const { subshell_id } = await ask("create_subshell_request");
  expect(await ask("list_subshell_request")).toEqual({ status: "ok", subshell_id: [subshell_id] });
  const order: string[] = [];
  const main = kernel.run("await new Promise((r) => setTimeout(r, 400)); 1").then(() => order.push("main"));
  const shell = new Dealer({ linger: 0, receiveTimeout: 5_000 });
  shell.connect(channelUrl(kernel.process.connection, "shell"));
  const { key } = kernel.process.connection;
  await shell.send(
    encodeMessage(
      {
        identities: [],
        header: { ...makeHeader("execute_request", "sub"), subshell_id },
        parent_header: {},
        metadata: {},
        content: { code: "1 + 1" },
        buffers: [],
      },
      key,
    ),
  );
  expect(decodeMessage(await shell.receive(), key).content).toMatchObject({ status: "ok" });
  order.push("subshell");
  await main;
  expect(order).toEqual(["subshell", "main"]);
  shell.close();
  expect(await ask("delete_subshell_request", { subshell_id })).toEqual({ status: "ok" });
  expect(await ask("delete_subshell_request", { subshell_id })).toMatchObject({ status: "error" });
});
