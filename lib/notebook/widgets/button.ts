/** A button. */
import { control, type Control, type ControlOptions } from "./control.ts";

export interface ButtonOptions extends ControlOptions {
  /** Name of a Font Awesome 4 icon, e.g. `"stop"`. */
  icon?: string;
  kind?: "" | "primary" | "success" | "info" | "warning" | "danger";
  onClick?: () => void;
}

interface ButtonState {
  icon: string;
  button_style: string;
}

/** @example button({ description: "Stop", icon: "stop", onClick: () => (stopRequested = true) }) */
export function button({
  icon = "",
  kind = "",
  onClick,
  ...options
}: ButtonOptions = {}): Control<ButtonState> {
  const state: ButtonState = { icon, button_style: kind };
  const widget = control({ name: "Button", style: "ButtonStyleModel" }, state, options);
  if (onClick) {
    widget.onCustom((content) => {
      if ((content as { event?: string }).event === "click") onClick();
    });
  }
  return widget;
}
