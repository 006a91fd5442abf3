/** `gradbook export`: reports of notebooks as they were saved; nothing is executed. */
import { relative, resolve } from "node:path";
import type { Export } from "../../report/index.ts";
import { readFormat, REPORT_FORMATS } from "../../report/formats.ts";
import type { Notebook } from "../../document/index.ts";
import type { CodeMode } from "../../report/tags.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";
import { saveReport } from "../save-report.ts";

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
    site: {
      type: "string",
      value: "TITLE",
      description: "HTML pages linked to each other, with an index of this title",
    },
    json: { type: "boolean", description: "print the written files as JSON" },
  },
  async run(notebooks, values) {
    if (notebooks.length === 0) throw new UsageError("expected a notebook");
    const formats = values.format.length > 0 ? values.format.map(readFormat) : (["html"] as const);
    const code = values.code === undefined ? undefined : readCodeMode(values.code);
    const out = resolve(values.out ?? "reports");
    const files: string[] = [];
    const save = ({ note, ...report }: Pick<Export, "name" | "data" | "note" | "images">) => {
      const file = saveReport(report, out);
      files.push(relative(process.cwd(), file) || file);
      if (note) console.error(`note: ${note}`);
      if (!values.json) console.log(`→ ${files.at(-1)}`);
    };
    // Heavy: not for a wrong command line.
    const { chartPictures, exportNotebook, findBrowser, renderSite } = await import("../../report/index.ts");
    if (values.site !== undefined) {
      if (values.format.length > 0) throw new UsageError("--site makes HTML; leave out --format");
      const pictures = values.light
        ? (notebook: Notebook) => chartPictures(notebook, findBrowser())
        : undefined;
      (await renderSite(notebooks, { title: values.site, code, pictures })).forEach(save);
    } else {
      for (const notebook of notebooks) {
        for (const format of formats)
          save(await exportNotebook(format, notebook, { code, light: values.light, imageFiles: true }));
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
