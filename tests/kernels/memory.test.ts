import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sessionCell } from "../../bench/kernel-memory/cells.ts";
import { delay, KernelSession } from "./kernel-session.ts";

/** What 500 cells that keep nothing may add, in MiB; they are measured after as many that warm up. */
const LIMIT = 40;
const CELLS = 500;

const memory = ({ process: { pid } }: KernelSession) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;

/** Type checks and collections come when nobody asks: waits until memory stands still. */
async function atRest(session: KernelSession): Promise<number> {
  await delay(2_500);
  for (let last = memory(session), tries = 0; tries < 20; tries++) {
    await delay(1_000);
    const now = memory(session);
    if (Math.abs(now - last) < 1) return now;
    last = now;
  }
  return memory(session);
}

async function growth(session: KernelSession, cell: (n: number) => string): Promise<number> {
  for (let n = 0; n < CELLS; n++) await session.run(sessionCell(n), { stopOnError: false });
  const before = await atRest(session);
  for (let n = CELLS; n < 2 * CELLS; n++) await session.run(cell(n), { stopOnError: false });
  return (await atRest(session)) - before;
}

const onLinux = test.skipIf(!existsSync("/proc/self/status"));

onLinux("500 cells that keep nothing leave nothing behind", { timeout: 180_000 }, async () => {
  const session = await KernelSession.start();
  expect(await growth(session, sessionCell)).toBeLessThan(LIMIT);
  await session.stop();
});

onLinux("the measure would see a leak of 200 kB a cell", { timeout: 180_000 }, async () => {
  const session = await KernelSession.start();
  const leaking = (n: number) =>
    `(globalThis.kept ??= []).push(new Array(25_000).fill(${n})); ${sessionCell(n)}`;
  expect(await growth(session, leaking)).toBeGreaterThan(2 * LIMIT);
  await session.stop();
});
