/** Looking at values that fight back: proxies with throwing traps, getters and `toString` that throw. */

/** What `read` gives; undefined when it throws. */
export function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** `String(value)`, or `otherwise` when that throws. */
export const textOf = (value: unknown, otherwise = "[no text]"): string =>
  safely(() => String(value)) ?? otherwise;

/** The message of a thrown value. */
export const messageOf = (thrown: unknown): string =>
  textOf(safely(() => (thrown instanceof Error ? thrown.message : thrown)));

/** Is it what Stop throws? By name: an edited lib module or a worker may hold another copy of the class. */
export const isInterrupt = (thrown: unknown): boolean =>
  safely(() => (thrown as Error | undefined)?.name) === "KernelInterrupt";

/** A text of bounded length, which says what is missing. */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… ${text.length - most} more characters`;
}
