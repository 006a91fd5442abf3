/** Starting and ending the server. */
import { once } from "node:events";
import http from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { startServer, type RunningServer, type ServerOptions } from "../../../studio/server/index.ts";

let folder: string;
const running: RunningServer[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gradbook-start-"));
  process.env.JUPYTER_DATA_DIR = path.join(folder, "data");
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A request on a connection of its own: fetch() would reuse one of a server that is gone. */
async function request(url: string, method = "GET", headers: http.OutgoingHttpHeaders = {}) {
  const sent = http.request(url, { method, headers, agent: false }).end();
  const [response] = (await once(sent, "response")) as [http.IncomingMessage];
  response.resume();
  return response;
}

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({ root: folder, ...options });
  running.push(server);
  return server;
}

it("prints an address that opens the asked notebook, with a fresh token", async () => {
  const server = await start({ open: "a folder/first.ipynb" });
  expect(server.url).toBe(
    `http://127.0.0.1:${server.port}/lab/tree/a%20folder/first.ipynb?token=${server.token}`,
  );
  expect(server.token).toMatch(/^[0-9a-f]{48}$/);
});

it("answers on the loopback address only", async () => {
  const { port } = await start();
  await expect(request(`http://127.0.0.2:${port}/api`)).rejects.toThrow();
});

it("a second start on the same folder finds the first server and leaves it alone", async () => {
  const first = await start();
  const second = await startServer({ root: folder });
  expect(second.alreadyRunning).toBe(true);
  expect(second.url).toBe(first.url);
  await second.close();
  expect((await request(`http://127.0.0.1:${first.port}/api`)).statusCode).toBe(200);
});

it("takes the next free port when the usual one is in use", async () => {
  const blocker = createServer().on("error", () => {}); // When 8888 is in use already, that will do as well.
  await new Promise((resolve) => blocker.listen(8888, "127.0.0.1", () => resolve(0)).on("error", resolve));
  expect((await start()).port).toBeGreaterThan(8888);
  blocker.close();
});

it("says in one sentence that the port the user asked for is in use", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const { port } = blocker.address() as AddressInfo;
  await expect(startServer({ root: folder, port })).rejects.toThrow(
    `server: expected port ${port} to be free, got a port in use; leave --port out to take the next free one`,
  );
  blocker.close();
});

it("ends when the page asks for it", async () => {
  const server = await start();
  const headers = { Authorization: `token ${server.token}` };
  await request(`http://127.0.0.1:${server.port}/api/shutdown`, "POST", headers);
  await server.closed;
  await expect(request(`http://127.0.0.1:${server.port}/api`)).rejects.toThrow();
});

it("keeps an open tab's cookie valid over a restart on the same port", async () => {
  const first = await start();
  const login = await request(first.url, "GET", { Accept: "text/html" });
  const cookie = login.headers["set-cookie"]!.map((line) => line.split(";")[0]).join("; ");
  await running.pop()!.close();
  const second = await start({ port: first.port });
  const status = await request(`http://127.0.0.1:${second.port}/api/status`, "GET", { Cookie: cookie });
  expect(status.statusCode).toBe(200);
});
