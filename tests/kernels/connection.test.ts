import { expect, test } from "vitest";
import { CHANNELS, newConnection } from "../../kernels/protocol/connection.ts";

test("kernels that start at the same time share no port, and take none that the system hands out", async () => {
  const connections = await Promise.all(Array.from({ length: 50 }, () => newConnection()));
  const ports = connections.flatMap((info) => CHANNELS.map((channel) => info[`${channel}_port`]));
  expect(new Set(ports).size).toBe(250);
  expect(Math.min(...ports)).toBeGreaterThanOrEqual(20_000);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(new Set(connections.map(({ key }) => key)).size).toBe(50);
});
