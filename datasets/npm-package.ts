/**
 * Data sets that are npm packages. They are large and few people need all of them, so they are not dependencies:
 * each is looked for where the user may have installed it, and the error names the one command to install it.
 *
 * Looked for: this project, the working directory, and the folders of GRADBOOK_DATA_PACKAGES (each one a folder
 * with a `node_modules`).
 */
import { existsSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fail } from "../lib/core/errors.ts";

/**
 * The folder of an installed package.
 *
 * @param spec `name@version`; the version is for the command, any installed one is taken
 * @throws GradbookError that says how to install it
 */
export function packageFolder(spec: string): string {
  const name = spec.slice(0, spec.lastIndexOf("@"));
  const project = dirname(dirname(fileURLToPath(import.meta.url)));
  const given = (process.env.GRADBOOK_DATA_PACKAGES ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const start of [project, process.cwd(), ...given]) {
    for (let folder = resolve(start); ; folder = dirname(folder)) {
      const found = join(folder, "node_modules", name);
      if (existsSync(join(found, "package.json"))) return found;
      if (folder === dirname(folder)) break;
    }
  }
  return fail(`data set ${name}`, {
    expected: `the npm package ${name}`,
    got: "no such package installed",
    hint: `run \`npm install --no-save ${spec}\``,
  });
}
