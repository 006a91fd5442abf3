/** `/gradbook/api/meters`: how busy the machine is, for the page's status bar. */
import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";
import { Hono } from "hono";
import type { Meters } from "../lab/meters.ts";

const GPU_QUERY = "--query-gpu=utilization.gpu,memory.used,memory.total,name";
const MEBIBYTE = 2 ** 20;

export function meterRoutes(): Hono {
  const routes = new Hono();
  const cpu = cpuMeter();
  let hasGpu = true;
  routes.get("/gradbook/api/meters", async (c) => {
    const [free, total] = [os.freemem(), os.totalmem()];
    const gpus = hasGpu ? await readGpus().catch(() => ((hasGpu = false), [])) : [];
    return c.json<Meters>({ cpu: cpu(), memory: { used: total - free, total }, gpus });
  });
  return routes;
}

function cpuMeter(): () => number {
  const read = () =>
    os.cpus().reduce(
      (sum, { times }) => {
        const all = Object.values(times).reduce((a, b) => a + b, 0);
        return { all: sum.all + all, idle: sum.idle + times.idle };
      },
      { all: 0, idle: 0 },
    );
  let before = read();
  let share = 0;
  return () => {
    const now = read();
    const all = now.all - before.all;
    // The system counts in hundredths of a second: two tabs may ask within one.
    if (all > 0) share = 1 - (now.idle - before.idle) / all;
    before = now;
    return share;
  };
}

/** @throws Error when there is no NVIDIA driver */
async function readGpus(): Promise<Meters["gpus"]> {
  const { stdout } = await promisify(execFile)("nvidia-smi", [GPU_QUERY, "--format=csv,noheader,nounits"], {
    timeout: 2000,
  });
  return parseGpus(stdout);
}

/** One line a card: `37, 1024, 81559, NVIDIA H100`; a number that the card does not tell is 0. */
export function parseGpus(csv: string): Meters["gpus"] {
  return csv
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [use, used, total, ...name] = line.split(", ");
      const amount = (text: string) => Number.parseFloat(text) || 0;
      return {
        name: name.join(", "),
        use: amount(use) / 100,
        used: amount(used) * MEBIBYTE,
        total: amount(total) * MEBIBYTE,
      };
    });
}
