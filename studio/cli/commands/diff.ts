/** `gradbook diff`: what changed between two notebooks, for people. */
import { diffNotebooks, readNotebook, type CellChange, type NotebookDiff } from "../../document/index.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";
import { style } from "../terminal.ts";

/** Unchanged lines that are shown around a change. */
const CONTEXT = 2;

export const diff = defineCommand({
  usage: "diff OLD NEW [options]",
  summary:
    "Shows which cells were added, removed, moved or changed, and the lines that changed. Exit code 0 when the " +
    "notebooks are equal, 1 when they differ.",
  options: {
    outputs: { type: "boolean", description: "compare outputs too" },
    json: { type: "boolean", description: "print the differences as JSON" },
  },
  async run(files, { outputs, json }) {
    if (files.length !== 2) throw new UsageError(`expected two notebooks, got ${files.length}`);
    const [before, after] = files.map((file) => readNotebook(file));
    const found = diffNotebooks(before, after, { outputs });
    if (json) console.log(JSON.stringify(found, null, 2));
    else printDiff(files, found);
    return found.cells.length > 0 || found.metadata ? 1 : 0;
  },
});

function printDiff([before, after]: string[], { cells, metadata }: NotebookDiff): void {
  if (cells.length === 0 && !metadata) return;
  console.log(`${style("red", `--- ${before}`)}\n${style("green", `+++ ${after}`)}`);
  if (metadata) console.log(style("bold", "\nmetadata of the notebook changed"));
  cells.forEach(printCell);
}

function printCell({ kind, number, cell_type, lines = [], also }: CellChange): void {
  const extras = also.length > 0 ? ` (${also.join(", ")} changed)` : "";
  console.log(style("bold", `\n${kind} ${cell_type} cell ${number}${extras}`));
  let skipped = false;
  lines.forEach(({ kind, line }, index) => {
    const near = lines
      .slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1)
      .some((each) => each.kind !== "same");
    if (!near) {
      if (!skipped) console.log(style("dim", "  ⋮"));
      skipped = true;
      return;
    }
    skipped = false;
    if (kind === "added") console.log(style("green", `+ ${line}`));
    else if (kind === "removed") console.log(style("red", `- ${line}`));
    else console.log(`  ${line}`);
  });
}
