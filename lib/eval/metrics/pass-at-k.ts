/** pass@k: how often one of k tries solves a task (Chen et al., arXiv 2107.03374, unbiased). */
import { fail } from "../../core/errors.ts";

/** 1 − C(n − c, k) / C(n, k), from n tries of which c were right. */
export function passAtK(tries: number, right: number, k: number): number {
  const whole = [tries, right, k].every((count) => Number.isInteger(count) && count >= 0);
  if (!whole || right > tries || k < 1 || k > tries)
    fail("passAtK", {
      expected: "k from 1 to the number of tries, and no more right than tried",
      got: `${tries} tries, ${right} right, k ${k}`,
    });
  if (tries - right < k) return 1;
  let allWrong = 1;
  for (let i = tries - right + 1; i <= tries; i++) allWrong *= 1 - k / i;
  return 1 - allWrong;
}

/** Mean over tasks. */
export function meanPassAtK(tasks: readonly { tries: number; right: number }[], k: number): number {
  if (tasks.length === 0) fail("meanPassAtK", { expected: "at least one task", got: "none" });
  return tasks.reduce((sum, { tries, right }) => sum + passAtK(tries, right, k), 0) / tasks.length;
}
