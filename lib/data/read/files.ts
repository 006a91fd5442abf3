/** Finds the files that a path, a folder or a pattern stands for, always in the same order. */
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../../core/errors.ts";
import { formatOf } from "./formats.ts";

/**
 * The files behind the paths, sorted within each path: a file itself, of a folder every file that a reader takes
 * (or all, with `every`), of a pattern with `*` what matches.
 *
 * @throws GradbookError when a path or pattern finds nothing
 */
export function findFiles(paths: readonly string[], every: boolean): string[] {
  return paths.flatMap((path) => {
    const found = statOf(path);
    if (found?.isFile()) return [path];
    const pattern = found ? join(path, "**/*") : path;
    const files = globSync(pattern)
      .filter((file) => statOf(file)?.isFile() && (every || !found || formatOf(file) !== undefined))
      .sort();
    if (files.length === 0)
      fail("read", {
        expected: "a file, a folder with readable files, or a pattern that matches some",
        got: path,
        hint: found
          ? 'name the format: read(path, { format: "text" })'
          : "no such file; paths are relative to the working directory",
      });
    return files;
  });
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}
