/**
 * A hyper-parameter in a notebook: a widget bound to its declaration, and a plain value.
 *
 * `const learningRate = param("learningRate", trainConfig.learningRate)` shows a slider with the field's range,
 * scale and description, and returns a number. The kernel declares the variable so that it can be set again:
 * when the slider moves, `learningRate` holds the new number in every later cell and in every closure, such as
 * the `live: () => ({ learningRate })` that a training loop reads between steps.
 *
 * Running the cell again keeps the value that was dialled in, as long as the declaration is the same.
 */
import { checkField, fieldRange, labelOf, readField, type Field } from "../core/field.ts";
import { shown } from "../core/errors.ts";
import { notebookHost, type NotebookHost } from "./host.ts";
import { paramControl, type ParamControl } from "./param-control.ts";
import { WIDGET_VIEW_MIME } from "./widgets/widget.ts";

export const PARAM_MIME = "application/vnd.gradbook.param+json";

export interface ParamOptions<T> {
  /** Replaces the field's default for this notebook. */
  default?: T;
  /** Called with each new value. */
  onChange?: (value: T) => void;
}

interface Entry {
  /** What has to stay the same for a dialled value to survive a re-run. */
  declaration: string;
  value: unknown;
  control: ParamControl;
}

/**
 * Show a widget for a field and return its present value.
 *
 * The value is, in this order: the one given to the run (`gradbook run NB -p name=value`), the one dialled in
 * before the cell was run again, `options.default`, the field's default. Outside a notebook nothing is shown.
 *
 * @param name the variable's name, as `-p` uses it
 * @throws GradbookError when a given value does not fit the field, naming the range
 */
export function param<T>(name: string, field: Field<T>, options: ParamOptions<T> = {}): T {
  const host = notebookHost();
  // First of all: a setter that is left behind would be taken by the next call.
  const rebind = host?.takeBinding();
  const where = `param ${name}`;
  const preset =
    options.default === undefined ? field.default : checkField(where, name, field, options.default);
  if (!host) return preset;

  const declaration = JSON.stringify([field.kind, field.min, field.max, field.scale, field.choices, preset]);
  const before = entries().get(name);
  const kept = before?.declaration === declaration ? (before.value as T) : preset;
  const value = Object.hasOwn(host.parameters, name)
    ? readField(where, name, field, host.parameters[name])
    : kept;

  before?.control.close();
  const control = paramControl(name, field, value, (next) => {
    if (!field.schema.safeParse(next).success) return false;
    entry.value = next;
    rebind?.(next);
    options.onChange?.(next);
    return true;
  });
  const entry: Entry = { declaration, value, control };
  entries().set(name, entry);
  show(host, name, field, value, control);
  return value;
}

/** The present values of all parameters of this notebook, by name. */
export function params(): Record<string, unknown> {
  return Object.fromEntries([...entries()].map(([name, entry]) => [name, entry.value]));
}

/**
 * Move a parameter's widget as a hand would: the variable and the page follow.
 *
 * @returns false when there is no parameter of this name with a value in its widget, or the value does not fit it
 */
export function setParam(name: string, value: unknown): boolean {
  const entry = entries().get(name);
  if (!entry || !("value" in entry.control.input.state)) return false;
  entry.control.input.set({ value });
  return entry.value === value;
}

function show<T>(host: NotebookHost, name: string, field: Field<T>, value: T, control: ParamControl): void {
  const { description, unit } = field;
  const label = labelOf(name, field);
  host.display({
    [WIDGET_VIEW_MIME]: { version_major: 2, version_minor: 0, model_id: control.row.id },
    // For reports: what the parameter is, and which widget's saved state holds its last value.
    [PARAM_MIME]: {
      name,
      value,
      label,
      description,
      unit,
      range: fieldRange(field),
      model_id: control.input.id,
    },
    "text/plain": `${name} = ${shown(value)}${unit ? ` ${unit}` : ""}`,
  });
}

const ENTRIES = Symbol.for("gradbook.params");

function entries(): Map<string, Entry> {
  const holder = globalThis as { [ENTRIES]?: Map<string, Entry> };
  return (holder[ENTRIES] ??= new Map());
}
