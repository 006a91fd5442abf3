/** Why a kernel's process ended, in words that help: above all, when it was for want of memory. */

/** V8's last words when JavaScript's own memory is full. */
const HEAP_FULL = /JavaScript heap out of memory|Reached heap limit/;

/** V8 says at each of its last collections how much was in use: `Mark-Compact 1997.1 (2080.0) -> 1996.9 (2080.0) MB`. */
const IN_USE = /-> ([\d.]+) \([\d.]+\) MB/;

/**
 * @param lines the last that the process wrote by itself
 * @returns `signal SIGKILL`, `exit code 1`, or what was full and what to do
 */
export function deathReason(
  { code, signal }: { code: number | null; signal: NodeJS.Signals | null },
  lines: readonly string[],
): string {
  if (lines.some((line) => HEAP_FULL.test(line))) {
    const used = lines.map((line) => IN_USE.exec(line)?.[1]).findLast((found) => found !== undefined);
    const amount = used === undefined ? "" : ` (${Math.round(Number(used))} MB in use)`;
    return (
      `out of memory: JavaScript's heap was full${amount}. Keep less at once: tensors and typed arrays do not count, ` +
      "arrays of numbers and objects do; or start with NODE_OPTIONS=--max-old-space-size=8192"
    );
  }
  if (signal === "SIGKILL")
    return "signal SIGKILL: ended from outside, often by the system when memory is short";
  return signal ? `signal ${signal}` : `exit code ${code}`;
}
