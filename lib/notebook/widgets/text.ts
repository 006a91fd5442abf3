/** Fields to type into: text, and numbers with or without bounds. */
import { control, type Control, type ControlOptions } from "./control.ts";

export interface TextOptions extends ControlOptions {
  value?: string;
  placeholder?: string;
  /** true: the kernel hears of every key; false: of Enter and of leaving the field. */
  continuousUpdate?: boolean;
}

export interface TextState {
  value: string;
  placeholder: string;
  continuous_update: boolean;
}

/** One line of text. */
export function text({
  value = "",
  placeholder = "",
  continuousUpdate = false,
  ...options
}: TextOptions = {}) {
  const state: TextState = { value, placeholder, continuous_update: continuousUpdate };
  return control({ name: "Text", style: "TextStyleModel" }, state, options);
}

/** Several lines of text. */
export function textarea({
  value = "",
  placeholder = "",
  continuousUpdate = false,
  rows = 5,
  ...options
}: TextOptions & { rows?: number } = {}): Control<TextState & { rows: number }> {
  const state = { value, placeholder, continuous_update: continuousUpdate, rows };
  return control({ name: "Textarea", style: "TextStyleModel" }, state, options);
}

export interface NumberTextOptions extends ControlOptions {
  value?: number;
  /** The front end keeps to the bounds when both are given. */
  min?: number;
  max?: number;
  step?: number;
}

export interface NumberTextState {
  value: number;
  step: number | null;
  continuous_update: boolean;
  min?: number;
  max?: number;
}

/** A whole number to type. */
export function intText(options: NumberTextOptions = {}): Control<NumberTextState> {
  return numberText("Int", 1, options);
}

/** A real number to type. */
export function floatText(options: NumberTextOptions = {}): Control<NumberTextState> {
  return numberText("Float", null, options);
}

function numberText(
  kind: "Int" | "Float",
  defaultStep: number | null,
  { value = 0, min, max, step, ...options }: NumberTextOptions,
): Control<NumberTextState> {
  const bounds = min !== undefined && max !== undefined ? { min, max } : {};
  const state: NumberTextState = { value, step: step ?? defaultStep, continuous_update: false, ...bounds };
  const name = `${"min" in bounds ? "Bounded" : ""}${kind}Text`;
  return control({ name, view: `${kind}TextView`, style: "DescriptionStyleModel" }, state, options);
}
