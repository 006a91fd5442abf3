/** Kernels as processes and as partners of a conversation, with the real TypeScript kernel. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import {
  builtInKernelSpec,
  findKernelSpecs,
  jupyterDataPaths,
  KernelClient,
  KernelProcess,
  type KernelMessage,
} from "../../../studio/kernels/index.ts";

let folder: string;
const kernels: KernelProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gradbook-kernels-"));
  process.env.JUPYTER_DATA_DIR = path.join(folder, "data");
});
afterEach(() => Promise.all(kernels.splice(0).map((kernel) => kernel.shutdown())));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start() {
  const kernel = await KernelProcess.start(builtInKernelSpec(), { cwd: folder });
  kernels.push(kernel);
  const client = new KernelClient(kernel.connection, kernel);
  await client.ready();
  return { kernel, client };
}

async function printed(client: KernelClient, code: string): Promise<string> {
  const messages: KernelMessage[] = [];
  await client.execute(code, { onIopub: (message) => messages.push(message) });
  return messages
    .filter((m) => m.header.msg_type === "stream")
    .map((m) => m.content.text)
    .join("");
}

it("a cell's promise is kept when all its output is in", async () => {
  const { client } = await start();
  const lines = await printed(client, 'for (let i = 0; i < 5000; i++) console.log("line " + i);');
  expect(lines.split("\n")).toHaveLength(5001);
  expect(lines.endsWith("line 4999\n")).toBe(true);
  client.close();
});

it("runs in the given folder", async () => {
  const { client } = await start();
  expect((await printed(client, "console.log(process.cwd())")).trim()).toBe(folder);
  client.close();
});

it("answers input() through onStdin", async () => {
  const { client } = await start();
  const asked: string[] = [];
  const messages: KernelMessage[] = [];
  const ask = 'console.log("hello " + (await globalThis[Symbol.for("gradbook.notebook")].input("Name? ")));';
  await client.execute(ask, {
    onStdin: (prompt) => {
      asked.push(prompt);
      return "Ada";
    },
    onIopub: (message) => messages.push(message),
  });
  expect(asked).toEqual(["Name? "]);
  expect(messages.find((m) => m.header.msg_type === "stream")?.content.text).toBe("hello Ada\n");
  client.close();
});

it("an error is a reply, not an exception", async () => {
  const { client } = await start();
  expect(await client.execute('throw new TypeError("wrong")')).toMatchObject({
    status: "error",
    ename: "TypeError",
    evalue: "wrong",
  });
  client.close();
});

it("a restart loses the variables and keeps the sockets", async () => {
  const { kernel, client } = await start();
  await client.execute("const kept = 1;");
  const before = kernel.pid;
  await kernel.restart();
  await client.ready();
  expect(kernel.pid).not.toBe(before);
  expect(await client.execute("kept")).toMatchObject({ status: "error", ename: "ReferenceError" });
  client.close();
});

it("the death of the process fails what waits for it, with the reason", async () => {
  const { kernel, client } = await start();
  const waiting = client.execute("await new Promise(() => {})");
  setTimeout(() => process.kill(kernel.pid, "SIGKILL"), 200);
  await expect(waiting).rejects.toThrow(
    /^kernel: expected a reply, but the kernel died \(signal SIGKILL: ended from outside.*\); restart it to go on/,
  );
  expect(await kernel.exited).toMatchObject({ code: null, signal: "SIGKILL", expected: false });
  client.close();
});

it("a shutdown ends a kernel that computes, and removes the connection file, which only the user can read", async () => {
  const { kernel, client } = await start();
  expect(statSync(kernel.connectionFile).mode & 0o077).toBe(0);
  client.execute("for (;;);").catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  await kernel.shutdown();
  expect((await kernel.exited).expected).toBe(true);
  expect(existsSync(kernel.connectionFile)).toBe(false);
  client.close();
});

it("a kernel that cannot be started says which command failed", async () => {
  const spec = { ...builtInKernelSpec(), name: "missing", argv: ["/no/such/program"] };
  await expect(KernelProcess.start(spec, { cwd: folder })).rejects.toThrow(
    'kernel "missing": expected to start /no/such/program',
  );
});

it("finds installed kernels beside ours, and leaves broken ones out with a reason", () => {
  const install = (name: string, json: string) => {
    const at = path.join(folder, "data", "kernels", name);
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, "kernel.json"), json);
  };
  install("Good", '{"argv": ["run", "{connection_file}"], "display_name": "Good one", "language": "x"}');
  install("bad", "{");
  const problems: string[] = [];
  const specs = findKernelSpecs((sentence) => problems.push(sentence));
  expect(specs[0].name).toBe("gradbook");
  expect(specs.find((spec) => spec.name === "good")).toMatchObject({
    displayName: "Good one",
    interruptMode: "signal",
  });
  expect(specs.some((spec) => spec.name === "bad")).toBe(false);
  expect(problems.join()).toMatch(/kernel "bad" in .* is left out/);
});

it("looks where Jupyter looks, nearest first", () => {
  const env = { JUPYTER_PATH: "/a:/b", VIRTUAL_ENV: "/venv", XDG_DATA_HOME: "/home/me/.data" };
  expect(jupyterDataPaths(env, "linux")).toEqual([
    "/a",
    "/b",
    "/venv/share/jupyter",
    "/home/me/.data/jupyter",
    "/usr/local/share/jupyter",
    "/usr/share/jupyter",
  ]);
});
