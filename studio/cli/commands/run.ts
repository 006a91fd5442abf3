/** `gradbook run`: executes notebooks in fresh kernels and writes what came out. */
import { resolve } from "node:path";
import { readFormat, REPORT_FORMATS } from "../../report/formats.ts";
import { formatRecorded } from "../../report/outputs.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";
import type { RunResult } from "../run-notebook.ts";
import { planRuns } from "../sweep.ts";
import { style } from "../terminal.ts";

export const run = defineCommand({
  usage: "run NOTEBOOK… [-p name=value]… [--report FORMAT]… [options]",
  summary:
    "Executes each notebook from top to bottom in a fresh kernel, in the notebook's own folder. The notebook itself " +
    "is not changed: the executed copy and the report go to the output folder.",
  details:
    'Parameters are the names in param("…") calls and the variables of the cell tagged "parameters". Recorded values ' +
    "are printed at the end. When a cell fails, the run ends with exit code 1; what was done until then is written " +
    "all the same. Several values (name=A,B,C) make several runs and a report that compares them.\n\nExamples:\n" +
    "  gradbook run notebooks/01-train-a-small-gpt.ipynb -p preset=nano --report html\n" +
    "  gradbook run notebooks/01-train-a-small-gpt.ipynb -p preset=nano -p learningRate=1e-3,3e-3,1e-2",
  options: {
    param: {
      type: "string",
      short: "p",
      multiple: true,
      value: "NAME=VALUE",
      description: "set a parameter; may be repeated; A,B,C makes one run per value",
    },
    report: {
      type: "string",
      short: "r",
      multiple: true,
      value: "FORMAT",
      description: `write a report: ${REPORT_FORMATS.join(", ")}; may be repeated`,
    },
    out: {
      type: "string",
      short: "o",
      value: "DIR",
      description: "folder for what is written (default: reports)",
    },
    light: { type: "boolean", description: "reports with pictures of charts instead of scripts (< 500 kB)" },
    timeout: {
      type: "string",
      value: "SECONDS",
      description: "most that one cell may take (default: no limit)",
    },
    kernel: { type: "string", value: "NAME", description: "use this kernel instead of the notebook's own" },
    verbose: { type: "boolean", description: "also print what the cells print" },
    json: { type: "boolean", description: "print the results as JSON" },
  },
  async run(notebooks, values) {
    if (notebooks.length === 0)
      throw new UsageError('expected a notebook, as in "gradbook run notebooks/01-….ipynb"');
    const planned = planRuns(values.param);
    const settings = {
      reports: values.report.map(readFormat),
      out: resolve(values.out ?? "reports"),
      timeout: readSeconds(values.timeout),
      light: values.light,
      kernel: values.kernel,
      verbose: values.verbose,
    };
    const { compareRuns, runNotebook } = await import("../run-notebook.ts"); // Heavy: not for a wrong command line.
    const results: RunResult[] = [];
    const comparisons: string[] = [];
    for (const notebook of notebooks) {
      const runs: RunResult[] = [];
      for (const { parameters, label } of planned) {
        runs.push(await runNotebook(notebook, { ...settings, parameters, label }));
      }
      if (runs.length > 1) comparisons.push(await compareRuns(notebook, runs, settings.out));
      results.push(...runs);
    }
    if (values.json) console.log(JSON.stringify(results, null, 2));
    else {
      results.forEach((result) => printResult(result, results.length > 1));
      comparisons.forEach(printFile);
    }
    return results.every(({ ok }) => ok) ? 0 : 1;
  },
});

function printResult({ notebook, label, records, files, ok }: RunResult, several: boolean): void {
  if (several) {
    const name = label ? `${notebook}  ${label}` : notebook;
    console.log(`${style("bold", name)}${ok ? "" : style("red", "  failed")}`);
  }
  for (const [name, value] of Object.entries(records)) {
    console.log(`${name} = ${style("bold", formatRecorded(value))}`);
  }
  files.forEach(printFile);
}

function printFile(file: string): void {
  console.log(style("dim", `→ ${file}`));
}

function readSeconds(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const seconds = Number(word);
  if (!(seconds > 0)) throw new UsageError(`--timeout expects a positive number of seconds, got ${word}`);
  return seconds;
}
