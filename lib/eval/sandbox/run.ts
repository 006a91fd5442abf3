/**
 * Running code that a model wrote: in a process of its own, without files, network and processes, with limits on time,
 * memory and output. For tests of code completions and rewards.
 *
 * Left out: other languages than JavaScript. Node's permission model and a realm without Node's objects are no walls
 * against a determined attacker: do not run code of strangers on a machine that matters.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fail } from "../../core/errors.ts";

export interface SandboxOptions {
  /** Milliseconds of computing; default 1000. */
  timeout?: number;
  /** MiB of heap; default 64. */
  memory?: number;
  /** Most characters of output; default 10,000. */
  maxOutput?: number;
}

export interface SandboxResult {
  /** It ran to its end without an error. */
  ok: boolean;
  /** Its last value as text; undefined for objects. */
  value?: string;
  /** What it printed. */
  output: string;
  error?: string;
  timedOut: boolean;
  milliseconds: number;
}

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));

/** Time for the process to start and to end, on a busy machine. */
const GRACE = 30_000;

/**
 * Runs JavaScript and says how it went; what the code does never throws here.
 *
 * @example (await runSandboxed("[1, 2].map((x) => x * 2).join()")).value // "2,4"
 */
export function runSandboxed(
  code: string,
  { timeout = 1000, memory = 64, maxOutput = 10_000 }: SandboxOptions = {},
): Promise<SandboxResult> {
  for (const [name, value] of Object.entries({ timeout, memory, maxOutput }))
    if (!(Number.isFinite(value) && value > 0))
      fail("runSandboxed", { expected: `${name} above 0`, got: value });
  const started = performance.now();
  const flags = [
    "--permission",
    `--allow-fs-read=${CHILD}`,
    `--max-old-space-size=${memory}`,
    "--no-warnings",
  ];
  const child = spawn(process.execPath, [...flags, CHILD], {
    env: {},
    stdio: ["pipe", "pipe", "ignore"],
  });
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let killed = false;
    const timer = setTimeout(() => {
      killed = true;
      child.kill("SIGKILL");
    }, timeout + GRACE);
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on("error", () => undefined); // It died before it had read everything: "close" tells.
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(timer);
      const milliseconds = performance.now() - started;
      const failed = { ok: false, output: "", milliseconds };
      try {
        resolve({ timedOut: false, ...JSON.parse(Buffer.concat(chunks).toString()), milliseconds });
      } catch {
        const error = killed ? `no end after ${timeout} ms` : `more than ${memory} MiB of memory, or a crash`;
        resolve({ ...failed, timedOut: killed, error });
      }
    });
    child.stdin.end(JSON.stringify({ code, timeout, maxOutput }));
  });
}
