/**
 * State that must exist once per process.
 *
 * A notebook imports an edited library file again under another URL; tensors, compiled programs and counters
 * made by the first copy have to be seen by the second.
 */
const STORE = Symbol.for("gradbook.engine");

/** The object known as `name`, made on first use. */
export function singleton<T>(name: string, make: () => T): T {
  const holder = globalThis as { [STORE]?: Record<string, unknown> };
  const store = (holder[STORE] ??= {});
  return (store[name] ??= make()) as T;
}
