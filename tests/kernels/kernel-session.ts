/** A real kernel process and a client of it, as a notebook front end would be, with outputs gathered per cell. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { builtInKernelSpec, KernelClient, KernelProcess } from "../../studio/kernels/index.ts";
import type { ExecuteOptions, ExecuteReply, KernelMessage } from "../../studio/kernels/index.ts";

export interface Ran {
  status: ExecuteReply["status"];
  reply: ExecuteReply;
  /** All iopub messages of the cell until its idle. */
  messages: KernelMessage[];
  stdout: string;
  stderr: string;
  /** text/plain of execute_result. */
  result: string | undefined;
  /** `ename: evalue`. */
  error: string | undefined;
  /** Without colours. */
  traceback: string;
  ms: number;
}

export class KernelSession {
  readonly process: KernelProcess;
  readonly client: KernelClient;
  readonly folder: string;

  static async start(folder = temporaryFolder(), env: Record<string, string> = {}): Promise<KernelSession> {
    const process = await KernelProcess.start(builtInKernelSpec(), {
      cwd: folder,
      env: { GRADBOOK_HISTORY: ":memory:", ...env }, // Not into the history of whoever runs the tests.
    });
    const client = new KernelClient(process.connection, process);
    await client.ready();
    return new KernelSession(process, client, folder);
  }

  private constructor(process: KernelProcess, client: KernelClient, folder: string) {
    this.process = process;
    this.client = client;
    this.folder = folder;
  }

  async run(code: string, options: ExecuteOptions = {}): Promise<Ran> {
    const messages: KernelMessage[] = [];
    const started = performance.now();
    const onIopub = (message: KernelMessage) => messages.push(message);
    const reply = await this.client.execute(code, { ...options, onIopub });
    return gather(reply, messages, performance.now() - started);
  }

  /** Runs code and presses Stop after `afterMs`; `ms` of the result counts from there. */
  async runAndStop(code: string, afterMs = 150, options: ExecuteOptions = {}): Promise<Ran> {
    const running = this.run(code, options);
    await delay(afterMs);
    const stopped = performance.now();
    await this.client.request("interrupt_request", {}, "control");
    const ran = await running;
    return { ...ran, ms: performance.now() - stopped };
  }

  /** All iopub messages from now until `until` says so. */
  async hear(until: (message: KernelMessage) => boolean, timeoutMs = 20_000): Promise<KernelMessage[]> {
    const heard: KernelMessage[] = [];
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        unsubscribe();
        const types = heard.map((message) => message.header.msg_type).join(", ");
        reject(new Error(`the awaited message did not come; heard: ${types}`));
      }, timeoutMs);
      const unsubscribe = this.client.onIopub((message) => {
        heard.push(message);
        if (!until(message)) return;
        clearTimeout(timer);
        unsubscribe();
        resolve(heard);
      });
    });
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.process.shutdown();
  }
}

export const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const temporaryFolder = () => mkdtempSync(path.join(tmpdir(), "gradbook-kernel-"));

export const types = (messages: KernelMessage[]) => messages.map((message) => message.header.msg_type);

function gather(reply: ExecuteReply, messages: KernelMessage[], ms: number): Ran {
  const ofType = (type: string) => messages.filter((message) => message.header.msg_type === type);
  const stream = (name: string) =>
    ofType("stream")
      .filter(({ content }) => content.name === name)
      .map(({ content }) => content.text)
      .join("");
  return {
    status: reply.status,
    reply,
    messages,
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    result: ofType("execute_result")[0]?.content.data["text/plain"],
    error: reply.status === "error" ? `${reply.ename}: ${reply.evalue}` : undefined,
    traceback: (reply.traceback ?? []).join("\n").replace(/\x1b\[\d+m/g, ""),
    ms,
  };
}
