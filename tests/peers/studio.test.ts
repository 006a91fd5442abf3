/** The server with others: a kernel of another language behind it, and pip's Jupyter Server in front of it. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonFraming } from "../../studio/server/kernels/framing.ts";
import { notebookOf, Page, startTestServer, type TestServer } from "../studio/server/test-server.ts";

const venv = fileURLToPath(new URL("../../bench/.peers/venv", import.meta.url));
const jupyter = `${venv}/bin/jupyter-server`;
if (!existsSync(jupyter)) console.warn("left out: no Jupyter Server in bench/.peers (npm run bench:peers)");

describe.skipIf(!existsSync(jupyter))("the server", () => {
  let server: TestServer;
  let peer: ChildProcess | undefined;
  beforeAll(async () => {
    process.env.JUPYTER_PATH = `${venv}/share/jupyter`;
    server = await startTestServer();
  });
  afterAll(async () => {
    peer?.kill();
    await server.stop();
  });

  it("runs a Python notebook with the installed ipykernel", async () => {
    writeFileSync(path.join(server.folder, "python.ipynb"), JSON.stringify(notebookOf("", "")));
    const body = { path: "python.ipynb", type: "notebook", kernel: { name: "python3" } };
    const session = await server.json<{ kernel: { id: string } }>("/api/sessions", "POST", body);
    const page = await Page.open(server, session.kernel.id, "page");
    const id = page.run("import sys; print(sys.implementation.name, 6 * 7)", "cell-0");
    await page.idle(id);
    expect(page.printed(id)).toBe("cpython 42\n");

    const endless = page.run("import time\nprint('go', flush=True)\nwhile True: time.sleep(0.1)", "cell-1");
    await page.until(
      ({ header, parent_header }) => header.msg_type === "stream" && parent_header.msg_id === endless,
    );
    await server.json(`/api/kernels/${session.kernel.id}/interrupt`, "POST");
    const error = await page.until(
      ({ header, parent_header }) => header.msg_type === "error" && parent_header.msg_id === endless,
    );
    expect(error.content.ename).toBe("KeyboardInterrupt");
    await page.close();
  });

  it("serves kernels to pip's Jupyter Server, as its gateway", async () => {
    const port = await freePort();
    peer = spawn(jupyter, [
      "--no-browser",
      "--allow-root",
      `--port=${port}`,
      "--IdentityProvider.token=peer-token",
      `--gateway-url=${server.origin}`,
      "--GatewayClient.auth_token=right-token",
    ]);
    const through: TestServer = { ...server, port, origin: `http://127.0.0.1:${port}` };
    const headers = { Authorization: "token peer-token" };
    const call = (address: string, init: RequestInit = {}) =>
      fetch(through.origin + address, { ...init, headers });
    await expect
      .poll(
        () =>
          call("/api/status").then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);

    const specs = (await (await call("/api/kernelspecs")).json()) as { kernelspecs: Record<string, unknown> };
    expect(Object.keys(specs.kernelspecs)).toContain("gradbook");
    const kernel = (await (
      await call("/api/kernels", { method: "POST", body: '{"name": "gradbook"}' })
    ).json()) as { id: string };
    const page = await Page.open(through, kernel.id, "page", "peer-token", jsonFraming);
    const id = page.run("console.log('through', 2, 'servers')", "cell-0");
    await page.idle(id);
    expect(page.printed(id)).toBe("through 2 servers\n");
    await page.close();
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
