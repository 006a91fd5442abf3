/** The parts of cell magics that run on the user thread; see language/magics.ts. */
import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import process from "node:process";
import type { NotebookHost } from "../../../lib/notebook/host.ts";
import type { Interrupts } from "./interrupt.ts";

export function makeMagics(host: NotebookHost, interrupts: Interrupts) {
  return {
    show(type: string, text: string): void {
      host.display({ [type]: text, "text/plain": text });
    },

    /** Runs a script; its output streams into the cell. @throws Error when it ends with another code than 0 */
    async bash(script: string): Promise<void> {
      const child = spawn("bash", ["-c", script], { stdio: ["ignore", "pipe", "pipe"] });
      child.stdout.on("data", (chunk: Uint8Array) => process.stdout.write(chunk));
      child.stderr.on("data", (chunk: Uint8Array) => process.stderr.write(chunk));
      const ended = new Promise<number | string>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code, signal) => resolve(signal ?? code ?? 0));
      });
      try {
        const end = await interrupts.guard(ended);
        if (end !== 0) throw new Error(`%%bash: expected exit code 0, got ${end}`);
      } finally {
        child.kill();
      }
    },

    /** Prints names with the kind of their value; names of types only, which have no value, are left out. */
    who(names: Record<string, () => unknown>): void {
      for (const [name, read] of Object.entries(names)) {
        try {
          const value = read();
          if (value !== undefined) process.stdout.write(`${name}  ${kindOf(value)}\n`);
        } catch {
          // A type, or a name whose cell failed before it got its value.
        }
      }
    },
  };
}

/** Starts a clock; the returned function says in one line what has passed. */
export function stopwatch(): () => string {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const memory = process.memoryUsage.rss();
  return () => {
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const megabytes = (process.memoryUsage.rss() - memory) / 2 ** 20;
    const sign = megabytes < 0 ? "−" : "+";
    const growth = `${sign}${Math.abs(megabytes).toFixed(0)} MiB`;
    return `Wall ${inUnits(seconds)}, CPU ${inUnits((user + system) / 1e6)}, memory ${growth}`;
  };
}

function inUnits(seconds: number): string {
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(1)} ms`;
  if (seconds < 120) return `${seconds.toFixed(2)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  return value.constructor?.name ?? "object";
}
