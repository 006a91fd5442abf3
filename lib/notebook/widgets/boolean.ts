/** On or off: a check box, a toggle button. */
import { control, type Control, type ControlOptions } from "./control.ts";

export interface BooleanOptions extends ControlOptions {
  value?: boolean;
}

export function checkbox({
  value = false,
  indent = false,
  ...options
}: BooleanOptions & { indent?: boolean } = {}): Control<{ value: boolean; indent: boolean }> {
  return control({ name: "Checkbox", style: "CheckboxStyleModel" }, { value, indent }, options);
}

export function toggleButton({ value = false, ...options }: BooleanOptions = {}): Control<{
  value: boolean;
}> {
  return control({ name: "ToggleButton", style: "ToggleButtonStyleModel" }, { value }, options);
}
