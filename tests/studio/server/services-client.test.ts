/**
 * The server as a remote one of programs that speak through @jupyterlab/services from Node, in the order in which VS
 * Code's Jupyter extension asks an existing server (its jupyterKernelSessionFactory.ts and jupyterLabHelper.ts): sessions,
 * kernels, kernelspecs; a session under a path that is no file here, since the notebook lies with the client; idle; cells;
 * interrupt; the end. Requests carry the token in a header, and neither Origin nor cookies.
 */
import {
  KernelAPI,
  KernelManager,
  KernelSpecManager,
  ServerConnection,
  SessionManager,
} from "@jupyterlab/services";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startTestServer, type TestServer } from "./test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it("serves a notebook that lies with the client", async () => {
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: `${server.origin}/`,
    wsUrl: `ws://127.0.0.1:${server.port}/`,
    token: "right-token",
    appendToken: true,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    init: { cache: "no-store", credentials: "same-origin" },
  });
  const kernelManager = new KernelManager({ serverSettings });
  const kernelSpecManager = new KernelSpecManager({ serverSettings });
  const sessionManager = new SessionManager({ serverSettings, kernelManager });
  await sessionManager.ready;
  await sessionManager.refreshRunning();
  expect(await KernelAPI.listRunning(serverSettings)).toEqual([]);
  await kernelSpecManager.refreshSpecs();
  expect(kernelSpecManager.specs?.kernelspecs.gradbook?.language).toBe("typescript");

  const session = await sessionManager.startNew({
    path: "whale-jvsc-0e1b-6f0a-4c2d.ipynb",
    name: "whale-0e1b.ipynb",
    type: "notebook",
    kernel: { name: "gradbook" },
  });
  const kernel = session.kernel!;
  await kernel.info;
  const printed: string[] = [];
  const run = kernel.requestExecute({ code: 'console.log("from afar"); 6 * 7', store_history: true });
  run.onIOPub = ({ header, content }) => {
    if (header.msg_type === "stream") printed.push((content as { text: string }).text);
  };
  expect((await run.done).content).toMatchObject({ status: "ok", execution_count: 1 });
  expect(printed.join("")).toBe("from afar\n");

  const endless = kernel.requestExecute({
    code: "for (;;) await new Promise((next) => setTimeout(next, 5));",
  });
  await expect.poll(() => kernel.status).toBe("busy");
  await kernel.interrupt();
  expect((await endless.done).content.status).toBe("error");

  await session.shutdown();
  expect(await KernelAPI.listRunning(serverSettings)).toEqual([]);
  for (const manager of [sessionManager, kernelManager, kernelSpecManager]) manager.dispose();
});
