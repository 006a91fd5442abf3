/** Progress bars. */
import { control, type Control, type ControlOptions } from "./control.ts";

export interface ProgressBarOptions extends ControlOptions {
  value?: number;
  min?: number;
  max?: number;
  kind?: "" | "success" | "info" | "warning" | "danger";
}

export interface ProgressBarState {
  value: number;
  min: number;
  max: number;
  bar_style: string;
  orientation: "horizontal" | "vertical";
}

export function intProgress(options: ProgressBarOptions = {}): Control<ProgressBarState> {
  return progressBar("IntProgress", 100, options);
}

export function floatProgress(options: ProgressBarOptions = {}): Control<ProgressBarState> {
  return progressBar("FloatProgress", 1, options);
}

function progressBar(
  name: string,
  defaultMax: number,
  { value = 0, min = 0, max = defaultMax, kind = "", ...options }: ProgressBarOptions,
): Control<ProgressBarState> {
  const state: ProgressBarState = { value, min, max, bar_style: kind, orientation: "horizontal" };
  return control({ name, view: "ProgressView", style: "ProgressStyleModel" }, state, options);
}
