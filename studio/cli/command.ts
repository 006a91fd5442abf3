/** What a command of the `gradbook` program is. */
import type { OptionSpecs, OptionValues } from "./options.ts";

export interface Command<S extends OptionSpecs = OptionSpecs> {
  /** Everything after `gradbook` in the usage line: `run NOTEBOOK… [options]`. */
  usage: string;
  /** One sentence. */
  summary: string;
  /** More for `--help`: what happens, examples. */
  details?: string;
  options: S;
  /** Returns the exit code. A thrown GradbookError is printed as its sentence, with exit code 1. */
  run(words: string[], values: OptionValues<S>): Promise<number>;
}

/** A command as the list of commands names it. */
export interface Entry {
  summary: string;
  /** Commands are loaded when they are called: `--help` must not wait for TypeScript or zeromq. */
  load(): Promise<Command>;
}

/** Types a command's `run` by its own options. */
export function defineCommand<const S extends OptionSpecs>(command: Command<S>): Command<S> {
  return command;
}
