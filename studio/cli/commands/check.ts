/** `gradbook check`: type-checks the cells of TypeScript notebooks without running them. */
import { notebookLanguage, readNotebook } from "../../document/index.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";
import { style } from "../terminal.ts";

export const check = defineCommand({
  usage: "check NOTEBOOK… [--json]",
  summary:
    "Type-checks all cells as the kernel would, without running them. Exit code 1 when there are errors. Cells " +
    "tagged raises-exception may have some.",
  options: { json: { type: "boolean", description: "print the problems as JSON" } },
  async run(files, { json }) {
    if (files.length === 0) throw new UsageError("expected a notebook");
    const { checkNotebook } = await import("../check-notebook.ts"); // Loads the compiler.
    const results = files.map((file) => {
      const notebook = readNotebook(file);
      const isTypeScript = notebookLanguage(notebook) === "typescript";
      if (!isTypeScript) console.error(`${file}: left out, its cells are ${notebookLanguage(notebook)}`);
      const problems = isTypeScript ? checkNotebook(notebook, file) : [];
      if (!json) printProblems(file, problems);
      return { notebook: file, problems };
    });
    if (json) console.log(JSON.stringify(results, null, 2));
    return results.some(({ problems }) => problems.length > 0) ? 1 : 0;
  },
});

function printProblems(file: string, problems: string[]): void {
  if (problems.length === 0) console.log(`${style("green", "✓")} ${file}`);
  for (const problem of problems) console.log(`${style("red", "✗")} ${file}: ${problem}`);
}
