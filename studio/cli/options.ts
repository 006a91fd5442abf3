/**
 * Options of commands: declared once, and from the declaration come parsing, the help text, and the suggestion
 * for a mistyped name. (node:util's parseArgs splits the words; what they mean is checked here.)
 */
import { parseArgs } from "node:util";
import { nearest } from "../../lib/core/errors.ts";

export interface OptionSpec {
  type: "string" | "boolean";
  short?: string;
  /** May be given more than once. */
  multiple?: boolean;
  /** What the value is, in the help: `DIR`. */
  value?: string;
  description: string;
}

export type OptionSpecs = Record<string, OptionSpec>;

type Value<S extends OptionSpec> = S["type"] extends "boolean"
  ? boolean
  : S extends { multiple: true }
    ? string[]
    : string | undefined;

/** Values by option name: a boolean that was not given is false, a list is empty, a text is undefined. */
export type OptionValues<S extends OptionSpecs> = { [K in keyof S]: Value<S[K]> };

/** A command line that the command cannot work with. Exit code 2, as of other Unix programs. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Parses the words after the command's name.
 * @throws UsageError for an unknown option (with the nearest known one), a missing or a superfluous value
 */
export function parseOptions<S extends OptionSpecs>(
  words: string[],
  specs: S,
): { values: OptionValues<S>; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type, short }]) => [
      name,
      { type, ...(short && { short }), multiple: true },
    ]),
  );
  const { tokens } = parseArgs({ args: words, options, strict: false, tokens: true, allowPositionals: true });
  const given: Record<string, (string | true)[]> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const spec = specs[token.name];
    if (!spec) throw unknownOption(token.rawName, specs);
    if (spec.type === "boolean" && token.value !== undefined) {
      throw new UsageError(`${token.rawName} takes no value, got ${token.value}`);
    }
    if (spec.type === "string" && (token.value === undefined || looksLikeOption(token))) {
      throw new UsageError(
        `${token.rawName} expects ${spec.value ?? "a value"}, as in ${token.rawName} ${spec.value}`,
      );
    }
    (given[token.name] ??= []).push(token.value ?? true);
  }
  for (const [name, values] of Object.entries(given)) {
    if (values.length > 1 && specs[name].type === "string" && !specs[name].multiple) {
      throw new UsageError(`--${name} may be given once, got ${values.join(" and ")}`);
    }
  }
  const values = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const list = given[name] ?? [];
      return [name, spec.type === "boolean" ? list.length > 0 : spec.multiple ? list : list[0]];
    }),
  );
  return { values: values as OptionValues<S>, positionals };
}

/** `--out --json`: the value was forgotten, unless it was written as `--out=--json`. */
function looksLikeOption(token: { value?: string; inlineValue?: boolean }): boolean {
  return !token.inlineValue && /^-[-a-zA-Z]/.test(token.value ?? "");
}

function unknownOption(rawName: string, specs: OptionSpecs): UsageError {
  const near = nearest(rawName.replace(/^-+/, ""), Object.keys(specs));
  const hint = near ? `did you mean --${near}?` : "see --help";
  return new UsageError(`unknown option ${rawName}; ${hint}`);
}

/** Option lines of a help text, in two columns. */
export function optionHelp(specs: OptionSpecs): string {
  const rows = Object.entries(specs).map(([name, { short, type, value, description }]) => {
    const flag = `${short ? `-${short}, ` : "    "}--${name}${type === "string" ? ` ${value ?? "VALUE"}` : ""}`;
    return [flag, description];
  });
  return columns(rows);
}

/** What is longer in the first column has lines of its own, so that the second one keeps room. */
const WIDEST = 40;

/** Lines of two columns, wrapped to 100 characters. */
export function columns(rows: string[][]): string {
  const lengths = rows.map(([left]) => left.length);
  const width = Math.max(...lengths.filter((length) => length <= WIDEST), 8) + 2;
  const indent = "\n" + " ".repeat(width + 2);
  return rows
    .map(([left, right]) => {
      const explained = wrap(right, 98 - width).join(indent);
      if (left.length + 2 <= width) return `  ${left.padEnd(width)}${explained}`;
      return `  ${wrap(left, 98, "|").join("\n        ")}${indent}${explained}`;
    })
    .join("\n");
}

/** Lines of at most `width`, broken behind a separator. */
function wrap(text: string, width: number, separator = " "): string[] {
  const lines = [""];
  for (const word of text.split(new RegExp(`(?<=[${separator}])`))) {
    const line = lines.at(-1)!;
    if (line.length + word.trimEnd().length > width && line !== "") lines.push(word);
    else lines[lines.length - 1] = line + word;
  }
  return lines.map((line) => line.trimEnd());
}
