/**
 * What a user waits for: start, a small cell, a loop, printed lines, Stop, completion, a widget's message, memory; ours
 * and other kernels in turn. No wait is unbounded: a kernel that does not answer gets words instead of a time.
 */
import type { Line } from "../report.ts";
import { median } from "../report.ts";
import { contenders, type Contender } from "./kernels.ts";
import { QUESTIONS } from "./questions.ts";
import { Failure, Session } from "./session.ts";

const STARTS = 4;
/** Idle memory is read this long after the start, in ms. */
const SETTLE_MS = 1_000;

/** Medians and least milliseconds; `memory` in MiB, of the process and its children. */
export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const all = contenders(peers);
  const lines = await compare("start → ready", STARTS, all, start);
  const sessions = new Map<Contender, Session>();
  for (const { what, rounds, ask } of QUESTIONS) {
    const turn = async (contender: Contender, round: number) => {
      const session = sessions.get(contender) ?? (await Session.open(contender));
      sessions.set(contender, session);
      try {
        const time = await ask(session, round);
        return { time, memory: session.memory() };
      } catch (error) {
        sessions.delete(contender); // Whatever it is still doing must not be measured with the next question.
        await session.close();
        throw error;
      }
    };
    lines.push(...(await compare(what, rounds, all, turn)));
  }
  for (const session of sessions.values()) await session.close();
  return lines;
}

type Turn = (contender: Contender, round: number) => Promise<{ time: number; memory?: number }>;

/** All take turns, the first of which warms up; one that fails sits out the rest. */
async function compare(what: string, rounds: number, all: Contender[], turn: Turn): Promise<Line[]> {
  const times = all.map((): number[] => []);
  const memory: (number | undefined)[] = [];
  const failures: (string | undefined)[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const [i, contender] of all.entries()) {
      if (failures[i]) continue;
      try {
        const taken = await turn(contender, round);
        memory[i] = taken.memory;
        if (round > 0 || rounds === 0) times[i].push(taken.time);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures[i] = error.message;
      }
    }
  }
  return all.map(({ spec }, i) => ({
    what,
    contestant: spec.name,
    median: failures[i] ? NaN : median(times[i]),
    least: failures[i] ? NaN : Math.min(...times[i]),
    ratio: i === 0 || failures[i] ? undefined : median(times[i]) / median(times[0]),
    failure: failures[i],
    memory: memory[i],
    about: {},
  }));
}

const start: Turn = async (contender) => {
  const started = performance.now();
  const session = await Session.open(contender);
  const time = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const memory = session.memory();
  await session.close();
  return { time, memory };
};
