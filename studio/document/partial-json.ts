/**
 * JSON that is cut off or broken in the middle: everything up to the damage.
 *
 * Strings, lists and objects that were open there end there. What follows is not read.
 */
export interface PartialJson {
  /** undefined when not even a first value could be read. */
  value: unknown;
  /** Place of the first character that was not understood, or the end; undefined when nothing is broken. */
  brokenAt?: number;
  /** Place behind the value. */
  end: number;
}

/** Deeper nesting is no notebook, and would use up the stack. */
const MAX_DEPTH = 200;
const SCALAR = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** A string without its end: characters and whole escapes. */
const STRING = /"(?:[^"\\\n\r]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

/** Reads the value that begins at `start`. */
export function parsePartialJson(text: string, start = 0): PartialJson {
  let at = start;
  let brokenAt: number | undefined;

  const broken = (): undefined => void (brokenAt ??= at);
  function token(character: string): boolean {
    while (/\s/.test(text[at] ?? "")) at++;
    if (text[at] !== character) return false;
    at++;
    return true;
  }

  function value(depth: number): unknown {
    if (depth > MAX_DEPTH) return broken();
    if (token("{")) return object(depth);
    if (token("[")) return list(depth);
    if (text[at] === '"') return string();
    SCALAR.lastIndex = at;
    const [scalar] = SCALAR.exec(text) ?? [];
    if (scalar === undefined) return broken();
    at += scalar.length;
    return JSON.parse(scalar) as unknown;
  }

  function string(): string {
    STRING.lastIndex = at;
    const [read] = STRING.exec(text)!;
    at += read.length;
    if (text[at] === '"') at++;
    else broken();
    return JSON.parse(`${read}"`) as string;
  }

  function list(depth: number): unknown[] {
    const items: unknown[] = [];
    if (token("]")) return items;
    do {
      const item = value(depth + 1);
      if (item !== undefined) items.push(item);
    } while (brokenAt === undefined && token(","));
    if (brokenAt === undefined && !token("]")) broken();
    return items;
  }

  function object(depth: number): object {
    const entries: [string, unknown][] = [];
    if (token("}")) return {};
    do {
      token(""); // Only to skip white space.
      const key = text[at] === '"' ? string() : broken();
      if (brokenAt !== undefined || key === undefined || !token(":")) {
        broken();
        break;
      }
      const item = value(depth + 1);
      if (item !== undefined) entries.push([key, item]);
    } while (brokenAt === undefined && token(","));
    if (brokenAt === undefined && !token("}")) broken();
    return Object.fromEntries(entries);
  }

  const read = value(0);
  return { value: read, end: at, ...(brokenAt !== undefined && { brokenAt }) };
}
