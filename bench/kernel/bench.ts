/** What a user waits for: start, a small cell, printed lines, completion, a loop; ours and other kernels in turn. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KernelClient, KernelProcess } from "../../studio/kernels/index.ts";
import { median, type Line } from "../report.ts";
import { contenders, type Contender } from "./kernels.ts";

const STARTS = 3;
const ROUNDS = 25;
/** tslab loses its idle, and with it the client, somewhere between 300 and 505 lines. */
const LINES = 200;

interface Session {
  contender: Contender;
  process: KernelProcess;
  client: KernelClient;
}

/** Milliseconds from the request until the result is complete; `memory` is the process's at that time. */
export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const all = contenders(peers);
  const lines = await measureStarts(all);
  const sessions: Session[] = [];
  for (const contender of all) sessions.push(await open(contender));
  const measure = async (what: string, rounds: number, work: (session: Session) => Promise<unknown>) => {
    const times = sessions.map((): number[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [i, session] of sessions.entries()) {
        const taken = await timed(() => work(session));
        if (round > 0) times[i].push(taken); // The first round warms up.
        await pause(30); // Type checks and the like that a kernel puts off are not the next one's to pay.
      }
    }
    lines.push(...toLines(what, sessions, times));
  };
  await measure("trivial cell", ROUNDS, ({ client, contender }) => client.execute(contender.trivial));
  await measure(`print ${LINES}`, ROUNDS, ({ client, contender }) => client.execute(contender.print(LINES)));
  await measure("completion", ROUNDS, ({ client, contender: { complete: code } }) =>
    client.request("complete_request", { code, cursor_pos: code.length }),
  );
  await measure("loop", 3, ({ client, contender }) => client.execute(contender.loop));
  for (const { client, process } of sessions) {
    client.close();
    await process.shutdown();
  }
  return lines;
}

async function measureStarts(all: Contender[]): Promise<Line[]> {
  const times = all.map((): number[] => []);
  const last: Session[] = [];
  for (let round = 0; round <= STARTS; round++) {
    for (const [i, contender] of all.entries()) {
      let session: Session | undefined;
      const taken = await timed(async () => (session = await open(contender)));
      if (round > 0) times[i].push(taken);
      await pause(1_000); // Idle memory, not that of the start itself.
      last[i] = session!;
      const memory = residentMemory(session!.process.pid);
      memories.set(contender, memory);
      session!.client.close();
      await session!.process.shutdown();
    }
  }
  return toLines("start", last, times);
}

/** MiB of each contender's idle process after its start. */
const memories = new Map<Contender, number | undefined>();

async function open(contender: Contender): Promise<Session> {
  const cwd = mkdtempSync(path.join(tmpdir(), "gradbook-bench-"));
  const process = await KernelProcess.start(contender.spec, { cwd, env: { GRADBOOK_HISTORY: ":memory:" } });
  const client = new KernelClient(process.connection, process);
  await client.ready();
  return { contender, process, client };
}

function toLines(what: string, sessions: Session[], times: number[][]): Line[] {
  const medians = times.map(median);
  return sessions.map(({ contender, process }, i) => ({
    what,
    contestant: contender.spec.name,
    median: medians[i],
    least: Math.min(...times[i]),
    ratio: i === 0 ? undefined : medians[i] / medians[0],
    memory: what === "start" ? memories.get(contender) : residentMemory(process.pid),
    about: {},
  }));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function residentMemory(pid: number): number | undefined {
  try {
    const kibibytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? undefined : Math.round(Number(kibibytes) / 1024);
  } catch {
    return undefined; // No /proc, or the process has gone.
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
