/** `gradbook curate`: the standard pipeline over files or data sets, with a report one can look at. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { datasetNamed, datasets } from "../../../datasets/index.ts";
import {
  boilerplate,
  exact,
  gopherQuality,
  gopherRepetition,
  html,
  language,
  minhash,
  mix,
  normalize,
  pii,
  pipeline,
  read,
  repair,
  reportText,
  reviewFile,
  uniqueIds,
  writeJsonl,
  type PipelineReport,
  type Source,
} from "../../../lib/data/index.ts";
import { formatCount } from "../../../lib/core/progress.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";
import { curationPage } from "../curation-page.ts";

export const curate = defineCommand({
  usage: "curate PATH|DATASET… [--out DIR] [options]",
  summary:
    "Cleans texts for training: HTML to text, encodings, boilerplate, language, Gopher's quality and repetition rules, " +
    "personal data masked, copies and near-copies dropped. Writes JSON Lines, a report and a sample of what was dropped.",
  details:
    "Paths are files, folders or patterns (JSON Lines, CSV, Parquet, WARC, HTML, Markdown, text, mail; .gz, .zst); " +
    "names are those of `gradbook datasets list`. In DIR: clean/part-….jsonl, report.html with the funnel, report.json, " +
    "review.jsonl.\n\nExamples:\n" +
    "  gradbook curate crawl/*.warc.gz --out corpus --workers 2\n" +
    "  gradbook curate spam-assassin state-of-the-union project-readmes --out corpus",
  options: {
    out: {
      type: "string",
      short: "o",
      value: "DIR",
      description: "folder for what is written (default: curated)",
    },
    language: {
      type: "string",
      value: "CODES",
      description: "languages to keep (default: en; all keeps every one)",
    },
    workers: { type: "string", value: "N", description: "worker threads (default: 0)" },
    strict: { type: "boolean", description: "stop at the first record that cannot be read" },
    json: { type: "boolean", description: "print the report as JSON" },
  },
  async run(inputs, { out = "curated", language: codes = "en", workers = "0", strict, json }) {
    if (inputs.length === 0)
      throw new UsageError('expected files or data sets, as in "gradbook curate pages/"');
    if (!/^\d+$/.test(workers)) throw new UsageError(`--workers expects a number, got ${workers}`);
    const folder = resolve(out);
    const steps = [
      html(),
      repair(),
      normalize(),
      boilerplate(),
      ...(codes === "all" ? [] : [language({ keep: codes.split(",") })]),
      gopherRepetition(),
      gopherQuality(),
      pii(),
      exact(),
      minhash(),
      uniqueIds(),
    ];
    const report = await pipeline(sourceOf(inputs), ...steps, writeJsonl(join(folder, "clean/"))).run({
      workers: Number(workers),
      strict,
      excluded: reviewFile(join(folder, "review.jsonl")),
      onProgress: showCount,
    });
    if (process.stderr.isTTY) process.stderr.write("\n");
    writeFileSync(join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(join(folder, "report.html"), await curationPage(report, inputs));
    if (json) process.stdout.write(readFileSync(join(folder, "report.json")));
    else console.log(`${reportText(report)}\n→ ${join(folder, "report.html")}`);
    return 0;
  },
});

/** How far it is; how much there is to come is not known before it was read. */
function showCount({ steps }: PipelineReport): void {
  if (!process.stderr.isTTY) return;
  const [read, kept] = [steps[0].documentsOut, steps.at(-1)!.documentsOut];
  process.stderr.write(`\r${formatCount(read)} documents read, ${formatCount(kept)} kept `);
}

/** One source of all inputs; several are drawn from by turns of equal weight, so that none comes in one block. */
function sourceOf(inputs: readonly string[]): Source {
  const known = new Set(datasets().map(({ name }) => name));
  const paths = inputs.filter((input) => !known.has(input));
  const sources = [
    ...inputs.filter((input) => known.has(input)).map((name) => datasetNamed(name).source()),
    ...(paths.length > 0 ? [read(paths)] : []),
  ];
  return sources.length === 1 ? sources[0] : mix(sources.map((source) => ({ source, weight: 1 })));
}
