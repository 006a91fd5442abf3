/**
 * Command-line options from a config: what a notebook shows as a slider is `--learning-rate 0.003` here, with the
 * same description, range and default.
 */
import { readField, type Field } from "../../lib/core/field.ts";
import type { OptionSpec, OptionSpecs } from "./options.ts";

interface AnyConfig {
  readonly configName: string;
  // Fields of every type together.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly fields: Record<string, Field<any>>;
}

/** The option of a field, without its dashes: `learning-rate`. */
export const flagOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** An option for each field of the configs, less those that are left out. */
export function configOptions(configs: readonly AnyConfig[], without: readonly string[] = []): OptionSpecs {
  const entries = configs.flatMap(({ fields }) =>
    Object.entries(fields)
      .filter(([name]) => !without.includes(name))
      .map(([name, field]): [string, OptionSpec] => [flagOf(name), optionOf(field)]),
  );
  return Object.fromEntries(entries);
}

function optionOf({ kind, choices, description, unit, default: value }: Field<unknown>): OptionSpec {
  if (kind === "boolean")
    return { type: "string", value: "true|false", description: `${description} (${value})` };
  const range = choices ? choices.join("|") : (unit?.toUpperCase().replaceAll(" ", "-") ?? "N");
  return { type: "string", value: range, description: `${description} (${value})` };
}

type Given<C extends { defaults: object }> = Partial<{
  -readonly [K in keyof C["defaults"]]: C["defaults"][K];
}>;
type Declared = AnyConfig & { defaults: object };

/**
 * The settings of three configs in one object, as the trainers of gradbook/rlhf take them.
 * @throws GradbookError on a value out of its field's range
 */
export function readAllOptions<A extends Declared, B extends Declared, C extends Declared>(
  [a, b, c]: readonly [A, B, C],
  values: Record<string, unknown>,
): Given<A> & Given<B> & Given<C> {
  return {
    ...readConfigOptions(a, values),
    ...readConfigOptions(b, values),
    ...readConfigOptions(c, values),
  };
}

/**
 * The settings that were given, checked.
 * @throws GradbookError on a value out of its field's range
 */
export function readConfigOptions<C extends Declared>(config: C, values: Record<string, unknown>): Given<C> {
  const given = Object.entries(config.fields).flatMap(([name, field]) => {
    const word = values[flagOf(name)];
    return word === undefined ? [] : [[name, readField(config.configName, name, field, word)]];
  });
  return Object.fromEntries(given) as Given<C>;
}
