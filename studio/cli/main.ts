/**
 * `gradbook COMMAND …`: finds the command, parses its options, runs it, turns errors into sentences and exit
 * codes (0 done, 1 failed, 2 wrong command line).
 */
import { readFileSync } from "node:fs";
import { GradbookError, nearest } from "../../lib/core/errors.ts";
import type { Command, Entry } from "./command.ts";
import { finetuneCommands } from "./commands/finetune/index.ts";
import { columns, optionHelp, parseOptions, UsageError } from "./options.ts";
import { style } from "./terminal.ts";

/** A command, or a group of commands: `gradbook finetune sft`. */
type Listed = Entry | { summary: string; commands: Record<string, Entry> };

const COMMANDS: Record<string, Listed> = {
  lab: {
    summary: "open the notebooks in the browser",
    load: async () => (await import("./commands/lab.ts")).lab as Command,
  },
  run: {
    summary: "execute notebooks from top to bottom, with parameters and reports",
    load: async () => (await import("./commands/run.ts")).run as Command,
  },
  export: {
    summary: "make reports of notebooks as they were saved",
    load: async () => (await import("./commands/export.ts")).exportCommand as Command,
  },
  convert: {
    summary: "notebook ↔ script in the percent format",
    load: async () => (await import("./commands/convert.ts")).convert as Command,
  },
  diff: {
    summary: "what changed between two notebooks",
    load: async () => (await import("./commands/diff.ts")).diff as Command,
  },
  clean: {
    summary: "notebooks without outputs, for version control",
    load: async () => (await import("./commands/clean.ts")).clean as Command,
  },
  check: {
    summary: "type-check the cells of notebooks",
    load: async () => (await import("./commands/check.ts")).check as Command,
  },
  kernel: {
    summary: "install the TypeScript kernel for other Jupyter programs",
    load: async () => (await import("./commands/kernel.ts")).kernel as Command,
  },
  datasets: {
    summary: "list, show and fetch data sets",
    load: async () => (await import("./commands/datasets.ts")).datasetsCommand as Command,
  },
  train: {
    summary: "train a language model on a text",
    load: async () => (await import("./commands/train.ts")).trainCommand as Command,
  },
  launch: {
    summary: "run a command in several processes that train one model",
    load: async () => (await import("./commands/launch.ts")).launch as Command,
  },
  finetune: {
    summary: "teach a trained model: conversations, classes, preferences, rewards",
    commands: finetuneCommands,
  },
  generate: {
    summary: "let a model write",
    load: async () => (await import("./commands/generate.ts")).generateCommand as Command,
  },
  eval: {
    summary: "measure how good a model is, and compare two",
    load: async () => (await import("./commands/eval.ts")).evalCommand as Command,
  },
  curate: {
    summary: "clean texts for training, with a report of what was dropped",
    load: async () => (await import("./commands/curate.ts")).curate as Command,
  },
  engine: {
    summary: "install TensorFlow as an engine, or remove it",
    load: async () => (await import("./commands/engine.ts")).engine as Command,
  },
  doctor: {
    summary: "what this machine can use, and why not the rest",
    load: async () => (await import("./commands/doctor.ts")).doctor as Command,
  },
};

const HELP = { type: "boolean", short: "h", description: "show this help" } as const;

async function main(words: string[]): Promise<number> {
  const [name] = words;
  if (name === "--version" || name === "-v") {
    console.log(version());
    return 0;
  }
  return runOne("gradbook", "gradbook: train language models in TypeScript, cell by cell", COMMANDS, words);
}

/** Finds the first of the words among the commands and runs it with the rest, or shows what there is. */
async function runOne(
  program: string,
  title: string,
  commands: Readonly<Record<string, Listed>>,
  words: string[],
): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    const [about, ...further] = rest;
    if (about && commands[about]) {
      return runOne(program, title, commands, [about, ...further, "--help"]);
    }
    console.log(overview(program, title, commands));
    return name === undefined ? 2 : 0;
  }
  const entry = commands[name];
  if (!entry) {
    const near = nearest(name, Object.keys(commands));
    const hint = near ? `did you mean "${program} ${near}"?` : `see "${program} --help"`;
    throw new UsageError(`unknown command ${name}; ${hint}`);
  }
  if ("commands" in entry) {
    const group = `${program} ${name}`;
    return runOne(group, `${group}: ${entry.summary}`, entry.commands, rest);
  }
  const command = await entry.load();
  const { values, positionals } = parseOptions(rest, { ...command.options, help: HELP });
  if (values.help) {
    console.log(commandHelp(command));
    return 0;
  }
  return command.run(positionals, values);
}

function overview(program: string, title: string, commands: Readonly<Record<string, Listed>>): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => [name, summary]);
  return [
    title,
    "",
    `Usage: ${program} COMMAND [options]`,
    "",
    columns(rows),
    "",
    `See "${program} COMMAND --help" for one command.`,
  ].join("\n");
}

function commandHelp({ usage, summary, details, options }: Command): string {
  const sections = [
    `gradbook ${usage}`,
    summary,
    details,
    `Options:\n${optionHelp({ ...options, help: HELP })}`,
  ];
  return sections.filter((section) => section !== undefined).join("\n\n");
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return `gradbook ${version} (node ${process.versions.node})`;
}

/** The sentence for people; a stack only for what nobody foresaw. */
function explain(error: unknown): string {
  if (error instanceof UsageError || error instanceof GradbookError) return error.message;
  if (error instanceof Error && (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") {
    return `${error.message}\nAn npm package is missing: run "npm install" in the folder of gradbook.`;
  }
  // The file system's own complaints name file and reason: EACCES, ENOSPC, EROFS, …
  if (error instanceof Error && "syscall" in error && "path" in error) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// A reader that stops early (`gradbook … | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`${style("red", "gradbook:", process.stderr)} ${explain(error)}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
