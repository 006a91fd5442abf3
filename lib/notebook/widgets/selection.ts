/** Choosing one of a few labels: drop-down, radio buttons, toggle buttons. */
import { fail } from "../../core/errors.ts";
import { control, type Control, type ControlOptions } from "./control.ts";

export interface SelectionOptions<T> extends ControlOptions {
  /** The values; they are labelled by their text, or as `[label, value]` says. */
  options: readonly (T | readonly [string, T])[];
  value?: T;
}

interface SelectionState {
  _options_labels: string[];
  index: number | null;
}

/** A selection: the control and the value behind the chosen label. */
export interface Selection<T> {
  readonly widget: Control<SelectionState>;
  readonly value: T;
  select(value: T): void;
  /** Called with the value whenever another one is chosen. */
  observe(handler: (value: T) => void): () => void;
}

export function dropdown<T>(options: SelectionOptions<T>): Selection<T> {
  return selection("Dropdown", "DescriptionStyleModel", options);
}

export function radioButtons<T>(options: SelectionOptions<T>): Selection<T> {
  return selection("RadioButtons", "DescriptionStyleModel", options);
}

export function toggleButtons<T>(options: SelectionOptions<T>): Selection<T> {
  return selection("ToggleButtons", "ToggleButtonsStyleModel", options);
}

function selection<T>(
  name: string,
  style: string,
  { options: choices, value, ...options }: SelectionOptions<T>,
): Selection<T> {
  const pairs = choices.map((choice) =>
    Array.isArray(choice) ? (choice as readonly [string, T]) : ([String(choice), choice as T] as const),
  );
  const indexOf = (wanted: T) => {
    const index = pairs.findIndex(([, candidate]) => Object.is(candidate, wanted));
    if (index < 0)
      fail(name, { expected: `one of ${pairs.map(([label]) => label).join(", ")}`, got: wanted });
    return index;
  };
  const state: SelectionState = {
    _options_labels: pairs.map(([label]) => label),
    index: value === undefined ? 0 : indexOf(value),
  };
  const widget = control({ name, style }, state, options);
  return {
    widget,
    get value() {
      return pairs[widget.state.index ?? 0][1];
    },
    select: (wanted) => widget.set({ index: indexOf(wanted) }),
    observe: (handler) => widget.observe("index", (index) => handler(pairs[index ?? 0][1])),
  };
}
