/** What the ways of `gradbook finetune` have in common: their words, the options of a run, the chat template, the GPT. */
import { fail } from "../../../../lib/core/errors.ts";
import { GPT } from "../../../../lib/models/index.ts";
import { chatFormats, type ChatFormatName, type Tokenizer } from "../../../../lib/tokenizers/index.ts";
import { loadLanguageModel } from "../../load-model.ts";
import { UsageError, type OptionSpecs } from "../../options.ts";

const FORMATS = Object.keys(chatFormats);

/** The option `--format`. @param fallback what holds without it */
export const formatOption = (fallback: string) =>
  ({ type: "string", value: FORMATS.join("|"), description: `chat template (${fallback})` }) as const;

/** The option `--validation`. @param what the file holds */
export const validationOption = (what: string) =>
  ({ type: "string", value: "FILE", description: `${what} to judge on (every 10th of the others)` }) as const;

/** Options of every run. @param method as in the default folder's name */
export const runOptions = (method: string) =>
  ({
    tokenizer: { type: "string", value: "FILE", description: "another tokenizer than the model's" },
    out: {
      type: "string",
      short: "o",
      value: "DIR",
      description: `folder of the run (runs/<time>-${method})`,
    },
    resume: {
      type: "string",
      value: "DIR",
      description: "go on from the checkpoint in this folder of a run",
    },
    json: { type: "boolean", description: "print how it ended as JSON, and nothing else" },
  }) as const satisfies OptionSpecs;

/** @throws UsageError unless there are exactly a folder and a file */
export function modelAndFile(words: readonly string[], what: string): [folder: string, file: string] {
  const [folder, file, ...more] = words;
  if (folder === undefined || file === undefined || more.length > 0)
    throw new UsageError(`expected a folder with a model, and a file of ${what}`);
  return [folder, file];
}

/** @throws UsageError on a template that does not exist */
export function chatFormat<T extends string | undefined>(format: T): ChatFormatName | Extract<T, undefined> {
  if (format !== undefined && !FORMATS.includes(format))
    throw new UsageError(`--format expects ${FORMATS.join(", ")}, got ${format}`);
  return format as ChatFormatName | Extract<T, undefined>;
}

/** @throws GradbookError when the folder holds another kind of model, or no tokenizer */
export function loadGPT(folder: string, tokenizer?: string): { model: GPT; tokenizer: Tokenizer } {
  const { model, ...rest } = loadLanguageModel(folder, tokenizer);
  if (!(model instanceof GPT)) return fail(folder, { expected: "a GPT", got: `a ${model.kind}` });
  return { model, ...rest };
}

/** Every tenth to judge on, the others to learn from. */
export function everyTenth<T>(all: readonly T[]): { train: T[]; validation: T[] } {
  const isHeld = (i: number): boolean => i % 10 === 9;
  return { train: all.filter((_, i) => !isHeld(i)), validation: all.filter((_, i) => isHeld(i)) };
}

/** Where the method's defaults are not the general ones. */
export function differing(defaults: object): string {
  return `Here the defaults of some are others: ${Object.entries(defaults).map(([name, value]) => `${name} ${value}`).join(", ")}.`; // prettier-ignore
}
