/** How many threads the engine computes with. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fail } from "../core/errors.ts";
import { singleton } from "./singleton.ts";

/**
 * Cores that this process may use. Two hardware threads of one core share its arithmetic units, so matrix
 * products gain nothing from the second; only Linux says which belong together.
 */
function cores(): number {
  const allowed = availableParallelism();
  try {
    const processors = readFileSync("/proc/cpuinfo", "utf8").split("\n\n");
    const ids = processors.map((text) => [/^physical id\s*:.*$/m, /^core id\s*:.*$/m].map((line) => line.exec(text)?.[0]).join()); // prettier-ignore
    const distinct = new Set(ids.filter((id) => id !== ","));
    return distinct.size > 0 ? Math.min(allowed, distinct.size) : allowed;
  } catch {
    return allowed;
  }
}

/**
 * Threads for one operation: `GRADBOOK_THREADS`, or the cores this process may use.
 * @throws GradbookError when the variable is not a positive whole number
 */
export function threads(): number {
  const asked = process.env.GRADBOOK_THREADS;
  if (!asked) return singleton("cores", cores);
  const count = Number(asked);
  if (!Number.isInteger(count) || count < 1)
    fail("GRADBOOK_THREADS", { expected: "a whole number of threads, at least 1", got: asked });
  return count;
}
