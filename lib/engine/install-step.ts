/** One command of an engine's installation; its output is shown when it fails. */
import { spawnSync } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { fail } from "../core/errors.ts";

export interface InstallStep {
  /** What the error begins with. */
  where: string;
  hint: string;
  cwd: string;
  /** Told the command line. */
  report(step: string): void;
}

/** @returns what the command printed @throws GradbookError with its last lines when it fails */
export function installStep(
  { where, hint, cwd, report }: InstallStep,
  command: string,
  ...args: string[]
): string {
  report(`${command} ${args.join(" ")}`);
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, PATH } }); // prettier-ignore
  if (status !== 0)
    fail(where, {
      expected: `${command} to succeed`,
      got: error ? error.message : `exit code ${status}\n${`${stdout}${stderr}`.trim().split("\n").slice(-12).join("\n")}`,
      hint,
      cause: error,
    }); // prettier-ignore
  return stdout.trim();
}
