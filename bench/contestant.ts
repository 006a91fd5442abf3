/**
 * A contestant of a bench: a child process that loads one implementation and takes turns.
 *
 * It writes one JSON line when it is ready, then for each line `n` it reads it runs n repetitions and writes
 * their times in milliseconds as a JSON array. Separate processes keep the contestants' memory and threads
 * apart; taking turns gives both the same share of a noisy machine.
 */
import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Where contestants in Python find turns.py. */
const BENCH = fileURLToPath(new URL(".", import.meta.url));

/** Whoever ends the bench ends those that compute for it. */
const running = new Set<() => void>();
const endAll = (): void => running.forEach((end) => end());
process.once("exit", endAll);
process.once("SIGTERM", () => process.exit(143));

export interface Contestant {
  readonly name: string;
  /** What it said when it was ready, such as its version. */
  readonly about: Record<string, unknown>;
  /** Run `repetitions` and return their times in milliseconds. */
  turn(repetitions: number): Promise<number[]>;
  /** Peak resident memory so far, in bytes; undefined where the system does not tell. */
  peakMemory(): Promise<number | undefined>;
  stop(): void;
}

/** Start a contestant. @throws Error when the process ends before it is ready */
export async function startContestant(
  name: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Contestant> {
  const [executable, ...args] = command;
  const child = spawn(executable, args, {
    env: {
      ...process.env,
      PYTHONPATH: [BENCH, process.env.PYTHONPATH].filter(Boolean).join(delimiter),
      ...env,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const end = (): void => void child.kill("SIGKILL");
  running.add(end);
  child.once("exit", () => running.delete(end));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`bench: ${name} ended early (${command.join(" ")})`);
    return JSON.parse(value) as T;
  };
  const about = await next<Record<string, unknown>>();
  return {
    name,
    about,
    async turn(repetitions) {
      child.stdin.write(`${repetitions}\n`);
      return next<number[]>();
    },
    async peakMemory() {
      const { readFile } = await import("node:fs/promises");
      const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
      const kibibytes = /VmHWM:\s+(\d+)/.exec(status)?.[1];
      return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
    },
    stop: () => void child.kill(),
  };
}

/** The contestant's side: report readiness, then time `step` on demand until the input ends. */
export async function serveTurns(about: Record<string, unknown>, step: () => unknown): Promise<void> {
  console.log(JSON.stringify(about));
  for await (const line of createInterface({ input: process.stdin })) {
    const times: number[] = [];
    for (let i = 0; i < Number(line); i++) {
      const start = performance.now();
      await step();
      times.push(performance.now() - start);
    }
    console.log(JSON.stringify(times));
  }
}
