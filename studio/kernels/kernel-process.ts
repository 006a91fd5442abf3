/**
 * A kernel as an operating-system process: start, interrupt, restart, shut down, notice its death.
 *
 * Ports and key stay the same over a restart, so clients keep their sockets. Talking to the kernel is
 * KernelClient's part.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import {
  newConnection,
  writeConnectionFile,
  type ConnectionInfo,
} from "../../kernels/protocol/connection.ts";
import { fail } from "../../lib/core/errors.ts";
import { deathReason } from "./death-reason.ts";
import { jupyterRuntimeDir } from "./jupyter-paths.ts";
import { KernelClient } from "./kernel-client.ts";
import type { KernelSpec } from "./kernel-spec.ts";

/** How long the last lines of a process that has died may take to arrive, in ms. */
const LAST_WORDS_MS = 200;

export interface KernelExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** True when restart() or shutdown() ended the process. */
  expected: boolean;
  /** How it ended, for people: `signal SIGKILL`, `exit code 1`, or that the memory was used up and what to do. */
  reason: string;
}

export interface KernelStartOptions {
  /** Working folder of the user's code. */
  cwd: string;
  /** Added to this process's environment and the spec's. */
  env?: Record<string, string>;
}

/** How long a kernel may take to leave after a polite request before it is killed, in ms. */
const GRACE_MS = 3_000;
/** Lines of the kernel's own stdout and stderr that are kept to explain a death. */
const KEPT_LINES = 40;
const POSIX = process.platform !== "win32";

/** The exit of this very process must not leave kernels behind, even when it is not an orderly one. */
const killAtExit = new Set<() => void>();
process.on("exit", () => killAtExit.forEach((kill) => kill()));

export class KernelProcess {
  readonly spec: KernelSpec;
  readonly connection: ConnectionInfo;
  readonly connectionFile: string;
  readonly #options: KernelStartOptions;
  readonly #outputHandlers = new Set<(line: string) => void>();
  readonly #exitHandlers = new Set<(exit: KernelExit) => void>();
  #child!: ChildProcess;
  #exited!: Promise<KernelExit>;
  #ending = false;
  #lastLines: string[] = [];

  /** Spawns the kernel. The promise is kept once the process runs; KernelClient.ready() tells when it answers. */
  static async start(spec: KernelSpec, options: KernelStartOptions): Promise<KernelProcess> {
    const connection = { ...(await newConnection()), kernel_name: spec.name };
    const kernel = new KernelProcess(spec, options, connection);
    await kernel.#spawn();
    return kernel;
  }

  private constructor(spec: KernelSpec, options: KernelStartOptions, connection: ConnectionInfo) {
    this.spec = spec;
    this.connection = connection;
    this.#options = options;
    this.connectionFile = path.join(jupyterRuntimeDir(), `kernel-${randomUUID()}.json`);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Kept when the current process ends, however it ends. */
  get exited(): Promise<KernelExit> {
    return this.#exited;
  }

  /** The last lines that the process itself wrote to stdout and stderr (not cell output). */
  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  /** Hears each line that the process writes to its own stdout or stderr; returns the unsubscribe function. */
  onOutput(handler: (line: string) => void): () => void {
    this.#outputHandlers.add(handler);
    return () => this.#outputHandlers.delete(handler);
  }

  /** Hears of each end of the process, restarts included; returns the unsubscribe function. */
  onExit(handler: (exit: KernelExit) => void): () => void {
    this.#exitHandlers.add(handler);
    return () => this.#exitHandlers.delete(handler);
  }

  /** Stops the running cell and keeps the state, in the way that the kernelspec asks for. */
  async interrupt(): Promise<void> {
    if (this.spec.interruptMode === "message") await this.#askOnControl("interrupt_request", {}, GRACE_MS);
    else if (POSIX) process.kill(-this.pid, "SIGINT");
    else this.#child.kill("SIGINT");
  }

  /** Ends the process and starts a new one on the same ports. State is lost, sockets are not. */
  async restart(): Promise<void> {
    await this.#end(true);
    await this.#spawn();
  }

  /** Asks the kernel to leave, kills it after a grace period, and removes the connection file. */
  async shutdown(): Promise<void> {
    await this.#end(false);
    rmSync(this.connectionFile, { force: true });
  }

  async #spawn(): Promise<void> {
    writeConnectionFile(this.connectionFile, this.connection);
    const fill = (text: string) =>
      text
        .replaceAll("{connection_file}", this.connectionFile)
        .replaceAll("{resource_dir}", this.spec.resourceDir ?? "");
    const [command, ...args] = this.spec.argv.map(fill);
    const child = spawn(command, args, {
      cwd: this.#options.cwd,
      // JPY_PARENT_PID is how Jupyter tells a kernel whose death it must not survive.
      env: {
        ...process.env,
        ...this.spec.env,
        ...this.#options.env,
        JPY_PARENT_PID: String(process.pid),
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: POSIX, // Its own process group: Ctrl+C in the server's terminal must not reach the kernel.
    });
    this.#child = child;
    this.#ending = false;
    this.#lastLines = [];
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on("line", (line) => this.#onLine(line));
    }
    const killNow = () => this.#signal(child, "SIGKILL");
    killAtExit.add(killNow);
    this.#exited = new Promise((resolve) => {
      child.once("exit", async (code, signal) => {
        killAtExit.delete(killNow);
        const expected = this.#ending;
        // What it wrote last may still be on its way.
        if (!expected) await Promise.race([once(child, "close"), delay(LAST_WORDS_MS)]);
        const exit = { code, signal, expected, reason: deathReason({ code, signal }, this.#lastLines) };
        resolve(exit);
        for (const handler of this.#exitHandlers) handler(exit);
      });
    });
    try {
      await once(child, "spawn");
    } catch (cause) {
      killAtExit.delete(killNow);
      rmSync(this.connectionFile, { force: true });
      fail(`kernel "${this.spec.name}"`, {
        expected: `to start ${command}`,
        got: (cause as Error).message,
        hint: "check argv in its kernel.json, or reinstall the kernel",
        cause,
      });
    }
  }

  async #end(restart: boolean): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    this.#ending = true;
    const gone = this.#exited;
    // Polite first: the kernel may have files to close. A hanging one loses patience step by step.
    await Promise.race([this.#askOnControl("shutdown_request", { restart }, GRACE_MS), gone]);
    await Promise.race([gone, delay(GRACE_MS / 3)]);
    this.#signal(child, "SIGTERM");
    await Promise.race([gone, delay(GRACE_MS / 3)]);
    this.#signal(child, "SIGKILL");
    await gone;
  }

  async #askOnControl(type: string, content: Record<string, unknown>, timeoutMs: number): Promise<void> {
    const client = new KernelClient(this.connection);
    try {
      await client.request(type, content, "control", { timeoutMs });
    } catch {
      // No answer in time: interrupt has no stronger means, and #end goes on to signals.
    } finally {
      client.close();
    }
  }

  #signal(child: ChildProcess, signal: NodeJS.Signals): void {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    try {
      if (POSIX) process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch {
      // It left between the check and the call.
    }
  }

  #onLine(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > KEPT_LINES) this.#lastLines.shift();
    for (const handler of this.#outputHandlers) handler(line);
  }
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
