/** Turns of several contestants, and the lines a bench prints: ours, the peer, the ratio. */
import type { Contestant } from "./contestant.ts";

export interface Line {
  readonly what: string;
  readonly contestant: string;
  /** Median, and least, milliseconds per repetition. */
  readonly median: number;
  readonly least: number;
  /** Its time over ours, the median of the rounds' ratios: above 1, ours is faster. Missing for ours. */
  readonly ratio?: number;
  /** Why there is no time, in words; the times are NaN then. */
  readonly failure?: string;
  /** Peak resident memory, MiB. */
  readonly memory?: number;
  readonly about: Record<string, unknown>;
}

/** The middle of a list of numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Let contestants take turns, ours first in the list; stops them at the end. */
export async function compareTurns(
  what: string,
  contestants: readonly Contestant[],
  { rounds, repetitions }: { rounds: number; repetitions: number },
): Promise<Line[]> {
  const turns = contestants.map((): number[][] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [i, contestant] of contestants.entries()) {
      const turn = await contestant.turn(repetitions);
      if (round > 0) turns[i].push(turn); // the first round warms up
    }
  const memory = await Promise.all(contestants.map((contestant) => contestant.peakMemory()));
  for (const contestant of contestants) contestant.stop();
  // Turns of one round follow each other closely, so that a busy machine slows them alike.
  const ratioOf = (i: number): number =>
    median(turns[i].map((turn, round) => median(turn) / median(turns[0][round])));
  return contestants.map(({ name, about }, i) => ({
    what,
    contestant: name,
    median: median(turns[i].flat()),
    least: Math.min(...turns[i].flat()),
    ratio: i === 0 ? undefined : ratioOf(i),
    memory: memory[i] === undefined ? undefined : Math.round(memory[i] / 2 ** 20),
    about,
  }));
}

/** A line as text, columns aligned. */
export function formatLine({ what, contestant, median, least, ratio, failure, memory, about }: Line): string {
  const columns = [
    what.padEnd(14),
    contestant.padEnd(16),
    failure?.padEnd(29) ?? `${median.toFixed(1).padStart(8)} ms  ${`(least ${least.toFixed(1)})`.padEnd(16)}`,
    ratio === undefined ? "".padEnd(20) : `ours is ${ratio.toFixed(2)}× as fast`.padEnd(20),
    memory === undefined ? "".padEnd(9) : `${memory} MiB`.padStart(9),
    Object.entries(about).map(([key, value]) => `${key} ${value}`).join(", "), // prettier-ignore
  ];
  return columns.join("  ").trimEnd();
}
