/** What the page of JupyterLab loads before it shows anything. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { labBundle } from "../../../studio/lab/bundle/index.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

/** The bytes as they travel: fetch() would unpack them. */
async function raw(address: string): Promise<{ headers: IncomingMessage["headers"]; body: Buffer }> {
  const sent = request(`${server.origin}${address}`, {
    headers: { "Accept-Encoding": "gzip, br", Authorization: `token ${server.token}` },
    agent: false,
  }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const body = Buffer.concat((await response.toArray()) as Buffer[]);
  expect(response.statusCode, address).toBe(200);
  return { headers: response.headers, body };
}

async function asked(): Promise<string[]> {
  const { body } = await raw("/lab");
  return [...gunzipOrNot(body).matchAll(/(?:href|src)="(\/static\/lab\/[^"]+\.(?:js|css)[^"]*)"/g)].map(
    ([, address]) => address,
  );
}

function gunzipOrNot(body: Buffer): string {
  return (body[0] === 0x1f ? gunzipSync(body) : body).toString();
}

it("the page asks at once for every script that its script imports", async () => {
  const { first, folder } = await labBundle();
  const addresses = await asked();
  const imported = [
    ...readFileSync(path.join(folder, "static", "lab.js"), "utf8").matchAll(
      /\bfrom"\.\/(chunks\/[\w-]+\.js)"/g,
    ),
  ].map(([, name]) => name);
  expect(imported.length).toBeGreaterThan(5);
  expect(first).toEqual(expect.arrayContaining(imported));
  expect(addresses).toEqual(expect.arrayContaining(first.map((name) => `/static/lab/${name}`)));
});

it("it travels compressed, stays in the browser's cache, and is less than 1.5 MB", async () => {
  const { folder } = await labBundle();
  const files = await Promise.all(
    [...new Set(await asked())].map(async (address) => ({ address, ...(await raw(address)) })),
  );
  for (const { address, headers, body } of files) {
    expect(headers["content-encoding"], address).toBe("gzip");
    expect(headers["cache-control"], address).toContain("immutable");
    const name = address.replace("/static/lab/", "").replace(/\?.*/, "");
    expect(gunzipSync(body).equals(readFileSync(path.join(folder, "static", name))), address).toBe(true);
  }
  expect(files.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(1.5e6);
});

it("a client that cannot unpack gets the files as they are", async () => {
  const { folder } = await labBundle();
  const response = await fetch(`${server.origin}/static/lab/lab.css`, {
    headers: { "Accept-Encoding": "identity", Authorization: `token ${server.token}` },
  });
  expect(response.headers.get("content-encoding")).toBeNull();
  expect(await response.text()).toBe(readFileSync(path.join(folder, "static", "lab.css"), "utf8"));
});
