/** A small file of JSON, one record on each line, each checked on its way in. */
import { readFileSync } from "node:fs";
import { fail } from "../../core/errors.ts";

/**
 * The records of a file; empty lines do not count.
 *
 * @param what the file should hold, for the error when it is not there
 * @param whereOf how a line is named in errors
 * @param check makes a record of what a line says, or throws
 * @throws GradbookError naming the first line that is no JSON; and as `check`
 */
export function readJsonLines<T>(
  path: string,
  what: string,
  whereOf: (line: number) => string,
  check: (record: unknown, where: string, line: string) => T,
): T[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    return fail(path, { expected: what, got: (cause as Error).message, cause });
  }
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = whereOf(i + 1);
    let record: unknown;
    try {
      record = JSON.parse(line);
    } catch (cause) {
      return fail(where, { expected: "JSON", got: (cause as Error).message, cause });
    }
    return [check(record, where, line)];
  });
}
