import { afterAll, beforeAll, expect, it } from "vitest";
import type { Meters } from "../../../studio/lab/meters.ts";
import { parseGpus } from "../../../studio/server/meters.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it("the machine's load is a share, its memory bytes", async () => {
  const { cpu, memory } = await server.json<Meters>("/gradbook/api/meters");
  expect(cpu).toBeGreaterThanOrEqual(0);
  expect(cpu).toBeLessThanOrEqual(1);
  expect(memory.used).toBeGreaterThan(2 ** 20);
  expect(memory.used).toBeLessThan(memory.total);
});

it("graphics cards are read from nvidia-smi's table", () => {
  expect(parseGpus("37, 1024, 81559, NVIDIA H100 80GB HBM3\n[N/A], 5, 100, Odd, with comma\n")).toEqual([
    { name: "NVIDIA H100 80GB HBM3", use: 0.37, used: 2 ** 30, total: 81559 * 2 ** 20 },
    { name: "Odd, with comma", use: 0, used: 5 * 2 ** 20, total: 100 * 2 ** 20 },
  ]);
  expect(parseGpus("\n")).toEqual([]);
});
