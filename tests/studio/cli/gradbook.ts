/** Runs the command as a user's shell does: a child process, its two streams, its exit code. */
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatNotebook, newNotebook, type Cell } from "../../../studio/document/index.ts";

export const PROGRAM = fileURLToPath(new URL("../../../studio/cli/gradbook.js", import.meta.url));

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export function gradbook(words: string[], options: { cwd?: string; node?: string } = {}): Promise<Outcome> {
  const { cwd, node = process.execPath } = options;
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
  return new Promise((resolve) => {
    execFile(node, [PROGRAM, ...words], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** A new folder with notebooks in it: name → cells. */
export function folderWith(notebooks: Record<string, Cell[]>, kernel = "gradbook"): string {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-cli-"));
  const kernelspec = { name: kernel, display_name: kernel, language: "typescript" };
  for (const [name, cells] of Object.entries(notebooks)) {
    writeFileSync(join(folder, name), formatNotebook(newNotebook(cells, { kernelspec })));
  }
  return folder;
}
