/** Text that the kernel can change: plain, or HTML. */
import { control, type Control, type ControlOptions } from "./control.ts";

export function label(value = "", options: ControlOptions = {}): Control<{ value: string }> {
  return control({ name: "Label", style: "LabelStyleModel" }, { value }, options);
}

/** HTML source; the front end inserts it as it is, so escape what comes from data. */
export function htmlLabel(value = "", options: ControlOptions = {}): Control<{ value: string }> {
  return control({ name: "HTML", style: "HTMLStyleModel" }, { value }, options);
}
