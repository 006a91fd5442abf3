/** `gradbook export`: reports of notebooks as they were saved; nothing is executed. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { readFormat, REPORT_FORMATS } from "../../report/formats.ts";
import type { CodeMode } from "../../report/tags.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";

const CODE_MODES: CodeMode[] = ["show", "fold", "hide"];

export const exportCommand = defineCommand({
  usage: "export NOTEBOOK… [--format FORMAT]… [options]",
  summary:
    "Makes reports of notebooks with the outputs that were saved in them. To execute first, use gradbook run.",
  options: {
    format: {
      type: "string",
      short: "f",
      multiple: true,
      value: "FORMAT",
      description: `${REPORT_FORMATS.join(", ")} (default: html); may be repeated`,
    },
    out: {
      type: "string",
      short: "o",
      value: "DIR",
      description: "folder for the reports (default: reports)",
    },
    code: { type: "string", value: "MODE", description: "code cells: show (default), fold, hide" },
    light: { type: "boolean", description: "pictures of charts instead of scripts (< 500 kB)" },
    json: { type: "boolean", description: "print the written files as JSON" },
  },
  async run(notebooks, values) {
    if (notebooks.length === 0) throw new UsageError("expected a notebook");
    const formats = values.format.length > 0 ? values.format.map(readFormat) : (["html"] as const);
    const code = values.code === undefined ? undefined : readCodeMode(values.code);
    const out = resolve(values.out ?? "reports");
    mkdirSync(out, { recursive: true });
    const { exportNotebook } = await import("../../report/index.ts"); // Heavy: not for a wrong command line.
    const files: string[] = [];
    for (const notebook of notebooks) {
      for (const format of formats) {
        const report = await exportNotebook(format, notebook, { code, light: values.light });
        const file = join(out, report.name);
        writeFileSync(file, report.data);
        files.push(relative(process.cwd(), file) || file);
        if (report.note) console.error(`note: ${report.note}`);
        if (!values.json) console.log(`→ ${files.at(-1)}`);
      }
    }
    if (values.json) console.log(JSON.stringify(files, null, 2));
    return 0;
  },
});

function readCodeMode(word: string): CodeMode {
  const mode = CODE_MODES.find((each) => each === word);
  if (!mode) throw new UsageError(`--code expects ${CODE_MODES.join(", ")}, got ${word}`);
  return mode;
}
