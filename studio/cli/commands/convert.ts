/** `gradbook convert`: notebook → percent script, and back. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fail } from "../../../lib/core/errors.ts";
import {
  formatNotebook,
  fromPercent,
  readNotebook,
  scriptExtension,
  toPercent,
} from "../../document/index.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";

const LANGUAGES: Record<string, string> = { ".ts": "typescript", ".js": "javascript", ".py": "python" };

export const convert = defineCommand({
  usage: "convert FILE… [--out FILE] [--force]",
  summary:
    "Turns an .ipynb into a script in the percent format (cells start at // %% lines), and such a script into an " +
    ".ipynb. Texts, ids and metadata survive the round trip exactly; outputs stay behind.",
  options: {
    out: {
      type: "string",
      short: "o",
      value: "FILE",
      description: 'file to write; "-" prints (default: beside the original)',
    },
    force: { type: "boolean", description: "replace a file that exists" },
  },
  async run(files, { out, force }) {
    if (files.length === 0) throw new UsageError("expected an .ipynb or a script");
    if (out !== undefined && files.length > 1)
      throw new UsageError(`--out names one file, got ${files.length} to convert`);
    for (const file of files) {
      const { text, extension } = convertFile(file);
      if (out === "-") {
        process.stdout.write(text);
        continue;
      }
      const target = out ?? join(dirname(file), basename(file, extname(file)) + extension);
      if (existsSync(target) && !force) {
        const hint = "give another with --out, or replace it (and its outputs) with --force";
        fail("convert", { expected: "a file that does not exist yet", got: target, hint });
      }
      writeFileSync(target, text);
      console.log(`→ ${target}`);
    }
    return 0;
  },
});

function convertFile(file: string): { text: string; extension: string } {
  const extension = extname(file);
  if (extension === ".ipynb") {
    const notebook = readNotebook(file);
    return { text: toPercent(notebook), extension: scriptExtension(notebook) };
  }
  const language = LANGUAGES[extension];
  if (!language) {
    fail("convert", { expected: `a file ending in .ipynb, ${Object.keys(LANGUAGES).join(", ")}`, got: file });
  }
  if (!existsSync(file)) fail(file, { expected: "a script", got: "no such file", hint: "check the path" });
  return {
    text: formatNotebook(fromPercent(readFileSync(file, "utf8"), file, language)),
    extension: ".ipynb",
  };
}
