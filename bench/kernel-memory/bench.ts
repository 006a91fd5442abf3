/**
 * Does a long session grow? 5,000 cells of every kind that keep nothing; memory after each thousand, once the kernel has
 * come to rest. What a line's memory has more than the first thousand's is what the kernel itself keeps.
 */
import { contenders } from "../kernel/kernels.ts";
import { Session } from "../kernel/session.ts";
import type { Line } from "../report.ts";
import { sessionCell } from "./cells.ts";

const CELLS = 5_000;
const EVERY = 1_000;
/** The longest wait for one cell, in ms. */
const CELL_MS = 15_000;
/** Type checks and collections come when nobody asks. */
const REST_MS = 6_000;

/** Times are those of a thousand cells, pauses left out. */
export async function bench(): Promise<Line[]> {
  const [ours] = contenders(false);
  const session = await Session.open(ours);
  const lines: Line[] = [];
  for (let done = 0; done < CELLS; done += EVERY) {
    const started = performance.now();
    for (let n = done; n < done + EVERY; n++) await session.run(sessionCell(n), CELL_MS);
    const time = performance.now() - started;
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    lines.push({
      what: `cells to ${done + EVERY}`,
      contestant: ours.spec.name,
      median: time,
      least: time,
      memory: session.memory(),
      about: {},
    });
  }
  await session.close();
  return lines;
}
