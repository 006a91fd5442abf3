/** The lines of the kernel bench: what is asked, and how its time is taken. */
import { randomUUID } from "node:crypto";
import type { Contender } from "./kernels.ts";
import { Failure, within, type Session } from "./session.ts";

/** The longest wait for work, in ms; tslab's top-level loop would take more than a minute. */
const WORK_MS = 15_000;
/** The longest wait for what should take milliseconds. */
const SOON_MS = 8_000;
const LINES = 100_000;
const CELLS = 1_000;
/** All of the thousand cells together, in ms. */
const CELLS_MS = 45_000;
/** Kernels put off type checks and collections; the next question must not pay for them. */
const PAUSE_MS = 30;
const SETTLE_MS = 3_000;

export interface Question {
  what: string;
  /** After one that warms up; 0 for a single one. */
  rounds: number;
  /** Milliseconds. @throws Failure */
  ask: (session: Session, round: number) => Promise<number>;
}

export const QUESTIONS: Question[] = [
  { what: "small cell", rounds: 40, ask: (session, n) => cell(session, session.contender.small(n)) },
  { what: "top-level loop", rounds: 3, ask: (session) => cell(session, session.contender.loop) },
  { what: "100,000 lines", rounds: 2, ask: print },
  stop("a loop"),
  stop("after an await"),
  stop("an async loop"),
  { what: "completion while a cell runs", rounds: 3, ask: completeWhileBusy },
  { what: "comm while a cell awaits", rounds: 3, ask: commRoundTrip },
  { what: "1,000 cells", rounds: 0, ask: thousandCells },
];

async function cell(session: Session, code: string): Promise<number> {
  const time = await timed(() => session.run(code, WORK_MS));
  await pause(PAUSE_MS);
  return time;
}

async function print(session: Session): Promise<number> {
  let stdout = "";
  const time = await timed(
    async () => ({ stdout } = await session.run(session.contender.print(LINES), WORK_MS)),
  );
  const expected = Array.from({ length: LINES }, (_, i) => `line ${i}\n`).join("");
  if (stdout !== expected) {
    const lines = stdout.split("\n").length - 1;
    throw new Failure(lines === LINES ? "out of order" : `${lines} lines before idle`);
  }
  return time;
}

/** From Stop to the end of the cell; afterwards a variable must still be there. */
function stop(kind: keyof Contender["endless"]): Question {
  return {
    what: `stop ${kind}`,
    rounds: 5,
    ask: async (session) => {
      await session.run(session.contender.small(4_000), SOON_MS);
      const { ended } = await session.begin(session.contender.endless[kind], SOON_MS);
      const time = await timed(async () => {
        await session.interrupt();
        await within(SOON_MS, ended);
      });
      if (!(await kept(session))) throw new Failure("the state is lost");
      return time;
    },
  };
}

/** tslab aborts what comes right after an interrupt, and prints results instead of sending them. */
async function kept(session: Session): Promise<boolean> {
  for (let tries = 0; tries < 5; tries++) {
    const { status, result, stdout } = await session.run("v4000", SOON_MS);
    if (status === "ok") return `${result} ${stdout}`.includes("4000");
    await pause(100);
  }
  return false;
}

async function completeWhileBusy(session: Session): Promise<number> {
  const { complete, busy } = session.contender;
  const { ended } = await session.begin(busy, SOON_MS);
  let matches = 0;
  const content = { code: complete, cursor_pos: complete.length };
  const time = await timed(async () => {
    const reply = await within(WORK_MS, session.client.request("complete_request", content));
    matches = reply.content.matches?.length ?? 0;
  });
  await within(WORK_MS, ended);
  if (matches === 0) throw new Failure("nothing found");
  return time;
}

async function commRoundTrip(session: Session): Promise<number> {
  const { echo, wait } = session.contender;
  if (!echo) throw new Failure("no comms");
  await session.run(echo, SOON_MS);
  const comm_id = randomUUID();
  session.client.send("comm_open", { comm_id, target_name: "echo", data: {} });
  const { ended } = await session.begin(wait, SOON_MS);
  const answered = Promise.withResolvers<void>();
  const unsubscribe = session.client.onIopub(({ header, content }) => {
    if (header.msg_type === "comm_msg" && content.comm_id === comm_id) answered.resolve();
  });
  const time = await timed(async () => {
    session.client.send("comm_msg", { comm_id, data: { value: 1 } });
    await within(SOON_MS, answered.promise);
  });
  unsubscribe();
  await within(WORK_MS, ended);
  return time;
}

/** The time of all; the line's memory is what is left when the kernel has settled. */
async function thousandCells(session: Session): Promise<number> {
  const time = await timed(async () => {
    const deadline = performance.now() + CELLS_MS;
    for (let n = 0; n < CELLS; n++) {
      await session.run(session.contender.small(n), WORK_MS);
      if (performance.now() > deadline) throw new Failure(`${n} cells in ${CELLS_MS / 1000} s`);
    }
  });
  await pause(SETTLE_MS);
  return time;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
