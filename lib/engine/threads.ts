/** How many threads the engine computes with. */
import { availableParallelism } from "node:os";
import { fail } from "../core/errors.ts";

/**
 * Threads for one operation: `GRADBOOK_THREADS`, or the CPUs this process may use.
 * @throws GradbookError when the variable is not a positive whole number
 */
export function threads(): number {
  const asked = process.env.GRADBOOK_THREADS;
  if (!asked) return availableParallelism();
  const count = Number(asked);
  if (!Number.isInteger(count) || count < 1)
    fail("GRADBOOK_THREADS", { expected: "a whole number of threads, at least 1", got: asked });
  return count;
}
