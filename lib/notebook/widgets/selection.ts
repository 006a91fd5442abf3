/** Choosing among a few labels: one (drop-down, radio buttons, toggle buttons) or several (list). */
import { fail } from "../../core/errors.ts";
import { DISPLAY, type Displayable } from "../bundle.ts";
import { control, type Control, type ControlOptions } from "./control.ts";

export interface SelectionOptions<T> extends ControlOptions {
  /** The values; they are labelled by their text, or as `[label, value]` says. */
  options: readonly (T | readonly [string, T])[];
  value?: T;
}

/** @typeParam I what the model holds: an index, or the indices of a multiple selection */
interface SelectionState<I> {
  _options_labels: string[];
  index: I;
  /** Height of a list. */
  rows?: number;
}

/** A selection: the control and what stands behind the chosen label or labels. */
export interface Selection<T, I = number | null> extends Displayable {
  readonly widget: Control<SelectionState<I>>;
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

/** Several of the labels: a list in which Shift and Ctrl extend the selection. */
export function selectMultiple<T>({
  options: choices,
  value = [],
  rows = 5,
  ...options
}: Omit<SelectionOptions<T>, "value"> & { value?: readonly T[]; rows?: number }): Selection<T[], number[]> {
  const { labels, values, indexOf } = labelled("SelectMultiple", choices);
  const state: SelectionState<number[]> = { _options_labels: labels, index: value.map(indexOf), rows };
  const widget = control({ name: "SelectMultiple", style: "DescriptionStyleModel" }, state, options);
  const valuesAt = (indices: number[]) => indices.map((index) => values[index]);
  return {
    widget,
    get value() {
      return valuesAt(widget.state.index);
    },
    select: (wanted) => widget.set({ index: wanted.map(indexOf) }),
    [DISPLAY]: () => widget[DISPLAY](),
    observe: (handler) => widget.observe("index", (indices) => handler(valuesAt(indices))),
  };
}

function selection<T>(
  name: string,
  style: string,
  { options: choices, value, ...options }: SelectionOptions<T>,
): Selection<T> {
  const { labels, values, indexOf } = labelled(name, choices);
  const state: SelectionState<number | null> = {
    _options_labels: labels,
    index: value === undefined ? 0 : indexOf(value),
  };
  const widget = control({ name, style }, state, options);
  return {
    widget,
    get value() {
      return values[widget.state.index ?? 0];
    },
    select: (wanted) => widget.set({ index: indexOf(wanted) }),
    [DISPLAY]: () => widget[DISPLAY](),
    observe: (handler) => widget.observe("index", (index) => handler(values[index ?? 0])),
  };
}

/** The options taken apart, and the way back from a value to its place. */
function labelled<T>(name: string, choices: SelectionOptions<T>["options"]) {
  const pairs = choices.map((choice) =>
    Array.isArray(choice) ? (choice as readonly [string, T]) : ([String(choice), choice as T] as const),
  );
  const labels = pairs.map(([label]) => label);
  const values = pairs.map(([, value]) => value);
  const indexOf = (wanted: T) => {
    const index = values.findIndex((candidate) => Object.is(candidate, wanted));
    if (index < 0) fail(name, { expected: `one of ${labels.join(", ")}`, got: wanted });
    return index;
  };
  return { labels, values, indexOf };
}
