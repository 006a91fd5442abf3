/**
 * A field: one hyper-parameter, declared once.
 *
 * From the declaration come the TypeScript type, the run-time check (zod), the notebook widget, the
 * command-line flag and the line in the documentation. Build fields with `number`, `integer`, `choice`,
 * `boolean`, `text`; group them with `defineConfig` (config.ts).
 * Left out: nested and optional fields. A setting that can be absent gets a value that says so, as in
 * `dropout: 0`.
 */
import { z, type ZodType } from "zod";
import { fail, shown } from "./errors.ts";

export type FieldKind = "number" | "integer" | "choice" | "boolean" | "text";

export interface Field<T> {
  readonly kind: FieldKind;
  readonly default: T;
  /** What a person sees beside the widget; without one, the name in words (`labelOf`). */
  readonly label?: string;
  /** One sentence: what it does, which way to turn it. */
  readonly description: string;
  /** `"tokens"`, `"steps"`, … */
  readonly unit?: string;
  /** Inclusive bounds of a number. */
  readonly min?: number;
  readonly max?: number;
  /** Step of a slider on a linear scale. */
  readonly step?: number;
  readonly scale: "linear" | "log";
  readonly choices?: readonly T[];
  readonly schema: ZodType<T>;
}

interface Text {
  label?: string;
  description: string;
  unit?: string;
}

export interface NumberOptions extends Text {
  default: number;
  min?: number;
  max?: number;
  step?: number;
  scale?: "linear" | "log";
}

/** A real number, e.g. `number({ default: 1e-3, min: 1e-6, max: 1, scale: "log", description: "…" })`. */
export function number(options: NumberOptions): Field<number> {
  return numeric("number", z.number(), options);
}

/** A whole number, e.g. `integer({ default: 4, min: 1, unit: "layers", description: "…" })`. */
export function integer(options: NumberOptions): Field<number> {
  return numeric("integer", z.int(), options);
}

/** One of a few values, e.g. `choice(["cosine", "constant"], { default: "cosine", description: "…" })`. */
export function choice<const V extends readonly (string | number)[]>(
  values: V,
  options: Text & { default: V[number] },
): Field<V[number]> {
  const schema = z.literal([...values]) as unknown as ZodType<V[number]>;
  return checked({ kind: "choice", scale: "linear", choices: values, ...options, schema });
}

/** On or off. */
export function boolean(options: Text & { default: boolean }): Field<boolean> {
  return checked({ kind: "boolean", scale: "linear", ...options, schema: z.boolean() });
}

/** Any text, e.g. a prompt or a folder. */
export function text(options: Text & { default: string }): Field<string> {
  return checked({ kind: "text", scale: "linear", ...options, schema: z.string() });
}

function numeric(kind: "number" | "integer", base: z.ZodNumber, options: NumberOptions): Field<number> {
  const { min, max, scale = "linear" } = options;
  if (scale === "log" && !(min !== undefined && min > 0 && max !== undefined)) {
    fail(kind, { expected: 'min > 0 and a max with scale: "log"', got: { min, max } });
  }
  if (scale === "log" && options.step !== undefined) {
    fail(kind, { expected: 'no step with scale: "log"', got: options.step, hint: "it has no even steps" });
  }
  let schema = base;
  if (min !== undefined) schema = schema.min(min);
  if (max !== undefined) schema = schema.max(max);
  return checked({ kind, ...options, scale, schema });
}

function checked<T>(field: Field<T>): Field<T> {
  checkField(field.kind, "default", field, field.default);
  return field;
}

/**
 * The value, if it fits the field.
 *
 * @param where names the config or function in the error; @param name names the field.
 * @throws GradbookError `gpt.train: expected learningRate to be a number from 0.000001 to 1, got 3`
 */
export function checkField<T>(where: string, name: string, field: Field<T>, value: unknown): T {
  const result = field.schema.safeParse(value);
  if (!result.success) fail(where, { expected: `${name} to be ${fieldRange(field)}`, got: shown(value) });
  return result.data;
}

/** What a field accepts, in words: `"a number from 0.000001 to 1"`, `"cosine or constant"`. */
export function fieldRange(field: Field<unknown>): string {
  const { kind, min, max, choices } = field;
  if (kind === "choice") return choices!.map((value) => shown(value)).join(" or ");
  if (kind === "boolean") return "true or false";
  if (kind === "text") return "a text";
  const noun = kind === "integer" ? "a whole number" : "a number";
  if (min !== undefined && max !== undefined) return `${noun} from ${min} to ${max}`;
  if (min !== undefined) return `${noun} ≥ ${min}`;
  return max === undefined ? noun : `${noun} ≤ ${max}`;
}

/**
 * A field's value from outside: a command-line word, a JSON value, an edited widget.
 *
 * Words become what the field holds (`"0.003"` → 0.003, `"true"` → true, 7 → `"7"` for a text field);
 * what does not read so is left as it is, and the check says what was expected.
 */
export function readField<T>(where: string, name: string, field: Field<T>, value: unknown): T {
  if (field.kind === "text")
    return checkField(where, name, field, typeof value === "number" ? String(value) : value);
  if (typeof value !== "string") return checkField(where, name, field, value);
  if (field.kind === "choice") {
    const match = field.choices!.find((option) => String(option) === value);
    return checkField(where, name, field, match ?? value);
  }
  if (field.kind === "boolean") {
    return checkField(where, name, field, value === "true" ? true : value === "false" ? false : value);
  }
  const parsed = Number(value);
  return checkField(where, name, field, value.trim() === "" || Number.isNaN(parsed) ? value : parsed);
}

/** How a field is called in front of people: its own label, or its name in words (`maxTokens` → `max tokens`). */
export function labelOf(name: string, field?: Pick<Field<unknown>, "label">): string {
  const words = name.replaceAll("_", " ").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return field?.label ?? words;
}
