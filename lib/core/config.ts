/**
 * A config: a named group of fields that resolves partial settings to complete, checked values.
 *
 * @example
 * export const gptTrain = defineConfig("gpt.train", {
 *   learningRate: number({ default: 1e-3, min: 1e-6, max: 1, scale: "log", description: "Peak step size." }),
 * });
 * type GptTrain = ConfigValues<typeof gptTrain>;   // { learningRate: number }
 * gptTrain.parse({ learningRate: 3e-4 });          // every other field at its default
 * param("learningRate", gptTrain.learningRate);    // a slider, in a notebook
 */
import { fail, nearest } from "./errors.ts";
import { checkField, type Field } from "./field.ts";

export { boolean, choice, integer, number, text, type Field, type FieldKind } from "./field.ts";

// `any`, because Field is invariant in T: a Field<number> is no Field<unknown>.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Fields = Record<string, Field<any>>;
type Values<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

interface ConfigMembers<F extends Fields> {
  /** The name in error messages and checkpoint manifests, e.g. `"gpt.train"`. */
  readonly configName: string;
  readonly fields: F;
  /** Every field's default, frozen. */
  readonly defaults: Readonly<Values<F>>;
  /**
   * Complete, checked values: those given, defaults for the rest.
   * @throws GradbookError on an unknown key (naming the nearest known one), a wrong type, a value out of range
   */
  parse(given?: Partial<Values<F>>): Values<F>;
}

/** The fields as properties, and what belongs to the group. */
export type Config<F extends Fields> = Readonly<F> & ConfigMembers<F>;

/** The type of a config's resolved values: `ConfigValues<typeof gptTrain>`. */
export type ConfigValues<C extends { defaults: object }> = {
  -readonly [K in keyof C["defaults"]]: C["defaults"][K];
};

const RESERVED = ["configName", "fields", "defaults", "parse"];

/** Declare a config; see the example at the head of this file. */
export function defineConfig<F extends Fields>(configName: string, declared: F): Config<F> {
  const clash = RESERVED.find((name) => name in declared);
  if (clash)
    fail(`defineConfig ${configName}`, {
      expected: `a field name other than ${RESERVED.join(", ")}`,
      got: clash,
    });

  const fields = { ...declared };
  const defaults = Object.freeze(
    Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.default])),
  ) as Values<F>;

  function parse(given: Partial<Values<F>> = {}): Values<F> {
    for (const key of Object.keys(given)) {
      if (Object.hasOwn(fields, key)) continue;
      const near = nearest(key, Object.keys(fields));
      const hint = near ? `did you mean ${near}?` : `known: ${Object.keys(fields).join(", ")}`;
      fail(configName, { expected: "only known settings", got: key, hint });
    }
    const entries = Object.entries(fields).map(([key, field]) => {
      const value = given[key];
      return [key, value === undefined ? field.default : checkField(configName, key, field, value)];
    });
    return Object.fromEntries(entries) as Values<F>;
  }

  return Object.freeze({ ...fields, configName, fields, defaults, parse });
}
