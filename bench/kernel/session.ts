/** A kernel under measurement: a process, its client, and waits that end. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KernelClient, KernelProcess, type KernelMessage } from "../../studio/kernels/index.ts";
import type { Contender } from "./kernels.ts";

const START_MS = 20_000;

/** Why a kernel has no time on a line, in words for the table. */
export class Failure extends Error {}

export class Session {
  readonly contender: Contender;
  readonly process: KernelProcess;
  readonly client: KernelClient;
  readonly #folder: string;

  /** Kept once the kernel answers and its output arrives. @throws Failure when it does not in time */
  static async open(contender: Contender): Promise<Session> {
    const folder = mkdtempSync(path.join(tmpdir(), "gradbook-bench-"));
    const env = { GRADBOOK_HISTORY: ":memory:" };
    const process = await KernelProcess.start(contender.spec, { cwd: folder, env });
    const session = new Session(contender, process, folder);
    try {
      await session.client.ready(START_MS);
      return session;
    } catch (error) {
      await session.close();
      throw new Failure((error as Error).message.slice(0, 60));
    }
  }

  private constructor(contender: Contender, process: KernelProcess, folder: string) {
    this.contender = contender;
    this.process = process;
    this.client = new KernelClient(process.connection, process);
    this.#folder = folder;
  }

  /** Runs a cell to its idle. @throws Failure when it takes longer than `limitMs`, or the kernel dies */
  async run(code: string, limitMs: number): Promise<{ status: string; stdout: string; result?: string }> {
    let stdout = "";
    let result: string | undefined;
    const onIopub = ({ header, content }: KernelMessage) => {
      if (header.msg_type === "stream") stdout += content.text;
      else if (header.msg_type === "execute_result") result = content.data["text/plain"];
    };
    const { status } = await within(limitMs, this.client.execute(code, { onIopub }));
    return { status, stdout, result };
  }

  /** Starts a cell whose first output is `begun`; `ended` is its end. */
  async begin(code: string, limitMs: number): Promise<{ ended: Promise<{ status: string }> }> {
    const begun = Promise.withResolvers<void>();
    const ended = this.client.execute(code, {
      onIopub: ({ header }) => header.msg_type === "stream" && begun.resolve(),
    });
    ended.catch(() => {}); // The caller looks at it after the next wait.
    await within(limitMs, Promise.race([begun.promise, ended.then(() => begun.promise)]));
    return { ended };
  }

  /** Stop, as Jupyter servers press it: the message on an open control channel, or the signal. */
  async interrupt(): Promise<void> {
    if (this.contender.spec.interruptMode === "signal") await this.process.interrupt();
    else await this.client.request("interrupt_request", {}, "control", { timeoutMs: 5_000 });
  }

  /** Resident memory of the process and its children, in MiB; undefined where there is no /proc. */
  memory(): number | undefined {
    if (!existsSync("/proc")) return undefined;
    return Math.round(kibibytes(this.process.pid) / 1024);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.process.shutdown();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What a promise gives, or a Failure after `limitMs` or its rejection. */
export async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const failure = new Failure(`no answer in ${limitMs / 1000} s`);
    timer = setTimeout(() => reject(failure), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(/died/.test((error as Error).message) ? "it dies" : (error as Error).message);
  } finally {
    clearTimeout(timer);
  }
}

function kibibytes(pid: number): number {
  try {
    const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    return children.reduce((sum, child) => sum + kibibytes(Number(child)), own);
  } catch {
    return 0; // It has gone meanwhile.
  }
}
