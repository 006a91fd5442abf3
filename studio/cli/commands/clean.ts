/** `gradbook clean`: notebooks without outputs, for version control. */
import { readFileSync } from "node:fs";
import {
  cleanNotebook,
  formatNotebook,
  parseNotebook,
  readNotebook,
  writeNotebook,
} from "../../document/index.ts";
import { defineCommand } from "../command.ts";
import { style } from "../terminal.ts";

export const clean = defineCommand({
  usage: "clean [NOTEBOOK…] [--check]",
  summary:
    "Removes outputs, execution counts, timings and widget state from notebooks, in place; without a name, from " +
    "standard input to standard output. Cells tagged keep-output keep theirs.",
  details:
    "As a filter, git then never sees outputs, and your own files keep them:\n" +
    '  git config filter.gradbook.clean "npx gradbook clean"\n' +
    "  echo '*.ipynb filter=gradbook' >> .gitattributes",
  options: {
    check: { type: "boolean", description: "change nothing; exit code 1 when a notebook is not clean" },
  },
  async run(files, { check }) {
    if (files.length === 0) {
      process.stdout.write(cleaned(readFileSync(0, "utf8"), "standard input"));
      return 0;
    }
    let dirty = 0;
    for (const file of files) {
      const before = readFileSync(file, "utf8");
      if (cleaned(before, file) === before) continue;
      dirty++;
      if (check) console.log(`${style("red", "not clean")}  ${file}`);
      else {
        writeNotebook(file, cleanNotebook(readNotebook(file)));
        console.log(`cleaned  ${file}`);
      }
    }
    return check && dirty > 0 ? 1 : 0;
  },
});

function cleaned(text: string, where: string): string {
  return formatNotebook(cleanNotebook(parseNotebook(text, where)));
}
