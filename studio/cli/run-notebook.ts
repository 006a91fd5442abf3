/**
 * One notebook through one fresh kernel: read, set parameters, execute, write the executed copy and the reports.
 *
 * Everything that can be wrong with the request (file, parameter names, kernel) is found out before the kernel
 * starts. Ctrl+C stops the running cell; what was done until then is written, a second Ctrl+C leaves at once.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fail, nearest } from "../../lib/core/errors.ts";
import { formatDuration } from "../../lib/core/progress.ts";
import {
  assignParameters,
  executeNotebook,
  findParameters,
  injectParameters,
  notebookLanguage,
  readNotebook,
  writeNotebook,
  type CellEvent,
  type CellFailure,
  type ExecutionSummary,
  type Notebook,
} from "../document/index.ts";
import { findKernelSpecs, KernelClient, KernelProcess, type KernelSpec } from "../kernels/index.ts";
import { stripAnsi } from "../report/ansi.ts";
import { exportDocument, renderComparison, type ReportFormat } from "../report/index.ts";
import { saveReport } from "./save-report.ts";
import { statusLine, style, type StatusLine } from "./terminal.ts";

export interface RunSettings {
  /** Words by parameter name. */
  parameters: Record<string, string>;
  /** Tells this run from its siblings in a sweep; becomes part of the file names. */
  label?: string;
  reports: ReportFormat[];
  /** Folder, absolute. */
  out: string;
  /** Seconds per cell. */
  timeout?: number;
  light?: boolean;
  kernel?: string;
  /** Print what the cells print. */
  verbose?: boolean;
}

export interface RunResult {
  notebook: string;
  label?: string;
  ok: boolean;
  seconds: number;
  parameters: Record<string, string>;
  /** The last value recorded under each name. */
  records: Record<string, unknown>;
  /** What was written, relative to the working folder. */
  files: string[];
  error?: { cell: number; name: string; message: string };
}

/**
 * Runs a notebook. A failing cell is reported on stderr and in the result.
 * @throws GradbookError when the run cannot start
 */
export async function runNotebook(file: string, settings: RunSettings): Promise<RunResult> {
  const notebook = readNotebook(file);
  const path = resolve(file);
  if (resolve(settings.out, basename(path)) === path) {
    const hint = "give another folder with --out; the notebook itself stays as it is";
    fail("--out", { expected: "a folder other than the notebook's", got: settings.out, hint });
  }
  const { host, injected } = assignParameters(file, findParameters(notebook), settings.parameters);
  injectParameters(notebook, injected);
  const spec = chooseKernel(notebook, settings.kernel);
  mkdirSync(settings.out, { recursive: true });

  const status = statusLine();
  const title = settings.label ? `${file}  ${settings.label}` : file;
  status.log(`${style("bold", title, process.stderr)}  ${spec.displayName}`);
  const summary = await executeInFreshKernel(notebook, spec, dirname(path), settings, host, status);
  if (summary.failure) status.log(`\n${describeFailure(file, summary.failure)}\n`);
  const files = await writeResults(notebook, path, settings, status);
  status.log(`${summary.failure ? "failed" : "done"} after ${formatDuration(summary.seconds)}`);

  const { failure } = summary;
  return {
    notebook: file,
    ...(settings.label && { label: settings.label }),
    ok: failure === undefined,
    seconds: Number(summary.seconds.toFixed(3)),
    parameters: settings.parameters,
    records: Object.fromEntries(summary.records.map(({ name, value }) => [name, value])),
    files: files.map((each) => relative(process.cwd(), each) || each),
    ...(failure && { error: { cell: failure.number, name: failure.ename, message: failure.evalue } }),
  };
}

/** The kernel that was asked for, or the notebook's, or one of its language. */
function chooseKernel(notebook: Notebook, asked: string | undefined): KernelSpec {
  const specs = findKernelSpecs();
  const name = asked ?? notebook.metadata.kernelspec?.name;
  const language = notebookLanguage(notebook);
  const found =
    specs.find((spec) => spec.name === name?.toLowerCase()) ??
    (asked === undefined ? specs.find((spec) => spec.language.toLowerCase() === language) : undefined);
  if (found) return found;
  const names = specs.map((spec) => spec.name);
  const near = nearest(name ?? language, names);
  const hint = near
    ? `did you mean --kernel ${near}?`
    : "install the kernel, or choose one of these with --kernel";
  fail("kernel", { expected: `one that is installed (${names.join(", ")})`, got: name ?? language, hint });
}

async function executeInFreshKernel(
  notebook: Notebook,
  spec: KernelSpec,
  cwd: string,
  settings: RunSettings,
  parameters: Record<string, string>,
  status: StatusLine,
): Promise<ExecutionSummary> {
  status.show("starting the kernel");
  // Types are checked by `gradbook check`; here warnings would come late and land in the report by chance.
  const env = { GRADBOOK_TYPES: "off", GRADBOOK_HISTORY: ":memory:" };
  const kernel = await KernelProcess.start(spec, { cwd, env });
  const client = new KernelClient(kernel.connection, kernel);
  const stop = () => {
    process.once("SIGINT", () => process.exit(130));
    status.log("stopping; press Ctrl+C again to leave at once");
    void kernel.interrupt();
  };
  process.once("SIGINT", stop);
  try {
    return await executeNotebook(notebook, client, {
      timeout: settings.timeout,
      interrupt: () => kernel.interrupt(),
      parameters,
      onCellStart: (event) => status.show(cellLine(event)),
      onCellEnd: (event) => status.log(`${cellLine(event)}  ${formatDuration(event.seconds)}`),
      onStream: settings.verbose
        ? (text, name) => process[name === "stderr" ? "stderr" : "stdout"].write(text)
        : undefined,
    });
  } finally {
    status.clear();
    process.off("SIGINT", stop);
    client.close();
    await kernel.shutdown();
  }
}

/** `[3/12] const model = new GPT(…)`. */
function cellLine({ number, count, cell }: CellEvent): string {
  const place = `[${String(number).padStart(String(count).length)}/${count}]`;
  const lines = cell.source.split("\n").map((line) => line.trim());
  const first = lines.find((line) => line !== "" && !/^(\/\/|#|import )/.test(line)) ?? lines[0];
  return `  ${place} ${first.length > 64 ? `${first.slice(0, 63)}…` : first.padEnd(64)}`;
}

function describeFailure(file: string, { cell, number, ename, evalue, traceback }: CellFailure): string {
  const place = cell.execution_count === null ? "" : ` [${cell.execution_count}]`;
  const text = traceback.length > 0 ? traceback.join("\n") : `${ename}: ${evalue}`;
  const excerpt = text.includes(firstCodeLine(cell.source)) ? "" : `\n${numbered(cell.source)}`;
  const colours = process.stderr.hasColors?.() ?? false;
  return `${file}: cell ${number}${place} failed\n${excerpt}\n${colours ? text : stripAnsi(text)}`;
}

function firstCodeLine(source: string): string {
  return source.split("\n").find((line) => line.trim() !== "") ?? "";
}

/** The source with line numbers, for kernels whose tracebacks do not show it. */
function numbered(source: string): string {
  const lines = source.split("\n").slice(0, 20);
  return lines.map((line, index) => `  ${String(index + 1).padStart(3)} │ ${line}`).join("\n") + "\n";
}

/** Writes the executed notebook first: a report that cannot be made must not cost the results. */
async function writeResults(
  notebook: Notebook,
  path: string,
  settings: RunSettings,
  status: StatusLine,
): Promise<string[]> {
  // The reports are named after the file that they are reports of.
  const suffix = settings.label ? `.${settings.label.replace(/[^\w.=+-]+/g, "_")}` : "";
  const name = `${basename(path, ".ipynb")}${suffix}.ipynb`;
  const files = [join(settings.out, name)];
  writeNotebook(files[0], notebook);
  for (const format of settings.reports) {
    status.show(`writing the ${format} report`);
    const options = { light: settings.light, imageFiles: true };
    const report = await exportDocument(format, notebook, join(dirname(path), name), options);
    files.push(saveReport(report, settings.out));
    status.clear();
    if (report.note) status.log(`note: ${report.note}`);
  }
  return files;
}

/**
 * Writes the page that compares the runs of a sweep.
 * @returns its path
 */
export async function compareRuns(file: string, runs: RunResult[], out: string): Promise<string> {
  const compared = runs.map(({ label = "", parameters, records, seconds, ok, files }) => ({
    ...{ label, parameters, records, seconds, ok },
    href: basename(files.at(-1)!),
    notebook: readNotebook(files[0]),
  }));
  const stem = basename(file, ".ipynb");
  const page = join(out, `${stem}.comparison.html`);
  writeFileSync(page, await renderComparison(compared, `Comparison of runs: ${stem}`));
  return relative(process.cwd(), page) || page;
}
