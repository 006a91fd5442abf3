/** `gradbook eval`: puts models to tasks, with confidence intervals; two models are compared. */
import { basename } from "node:path";
import { writeFileSync } from "node:fs";
import { compareReports, evaluable, evaluateTasks, type EvaluationReport } from "../../../lib/eval/index.ts";
import { defineCommand } from "../command.ts";
import { EVALUATION_TASKS, evaluationTask } from "../evaluation-tasks.ts";
import { loadLanguageModel } from "../load-model.ts";
import { columns, UsageError } from "../options.ts";
import { statusLine } from "../terminal.ts";

export const evalCommand = defineCommand({
  usage: "eval MODEL [MODEL] [--tasks A,B] [options]",
  summary:
    "Measures how good a model is. MODEL is a checkpoint, a run, or a folder of Hugging Face's; with two, says where " +
    "they differ by more than chance.",
  details:
    `Tasks:\n${columns(Object.entries(EVALUATION_TASKS).map(([name, { about }]) => [name, about]))}\n` +
    "  perplexity:FILE  how surprised it is by a text of your own",
  options: {
    tasks: { type: "string", short: "t", value: "A,B", description: "which tasks (perplexity,next-word)" },
    limit: { type: "string", value: "N", description: "examples of each task (100)" },
    seed: { type: "string", value: "N", description: "which examples (0)" },
    tokenizer: { type: "string", value: "FILE", description: "tokenizer, if none is saved with the models" },
    out: {
      type: "string",
      short: "o",
      value: "FILE",
      description: "write everything, answers included, as JSON",
    },
    json: { type: "boolean", description: "print the results as JSON" },
  },
  async run(folders, values) {
    if (folders.length < 1 || folders.length > 2)
      throw new UsageError("expected one MODEL, or two to compare");
    const [limit, seed] = [readCount("limit", values.limit ?? "100"), readCount("seed", values.seed ?? "0")];
    const tasks = [];
    for (const name of (values.tasks ?? "perplexity,next-word").split(","))
      tasks.push(await evaluationTask(name.trim()));
    const reports: EvaluationReport[] = [];
    const status = statusLine();
    for (const folder of folders) {
      const { model, tokenizer } = loadLanguageModel(folder, values.tokenizer);
      const judged = evaluable(model, tokenizer, nameOf(folder));
      const onProgress = (task: string, done: number, total: number): void =>
        status.show(`${judged.name}: ${task} ${done}/${total}`);
      reports.push(await evaluateTasks(judged, tasks, { limit, seed, onProgress }));
      judged.dispose();
    }
    status.clear();
    const shown = [...reports, ...(reports.length === 2 ? [compareReports(reports[0], reports[1])] : [])];
    if (values.out) writeFileSync(values.out, `${JSON.stringify(reports, null, 1)}\n`);
    if (values.json) console.log(JSON.stringify(shown.map(withoutAnswers), null, 2));
    else console.log(shown.map(textOf).join("\n\n"));
    return 0;
  },
});

function textOf(report: object): string {
  const bundle = (report as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
  return bundle["text/plain"];
}

/** Answers and the parts of means are for the file. */
function withoutAnswers(report: object): unknown {
  return JSON.parse(
    JSON.stringify(report, (key, value: unknown) => (["answers", "parts"].includes(key) ? undefined : value)),
  );
}

function nameOf(folder: string): string {
  const parts = folder.replace(/\/+$/, "").split("/");
  return parts.at(-1) === "checkpoint" ? basename(parts.slice(0, -1).join("/")) : basename(folder);
}

function readCount(name: string, word: string): number {
  const count = Number(word);
  if (!Number.isInteger(count) || count < 0)
    throw new UsageError(`--${name} expects a whole number, got ${word}`);
  return count;
}
