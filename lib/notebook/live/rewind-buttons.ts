/** A button for each change by hand that a training run can go back behind. */
import { hbox } from "../widgets/box.ts";
import { button } from "../widgets/button.ts";
import { htmlLabel } from "../widgets/label.ts";
import type { AnyWidget } from "../widgets/widget.ts";
import { changeText } from "./change-marks.ts";
import type { RewindPoint } from "./training-metrics.ts";

export interface RewindButtons {
  /** Empty until there is a point. */
  readonly row: AnyWidget;
  show(points: readonly RewindPoint[]): void;
}

/** @param onRewind called with the step of the point whose button was pressed */
export function rewindButtons(onRewind: (step: number) => void): RewindButtons {
  const label = htmlLabel('<span style="opacity:.7">Rewind to before</span>');
  // The class lets the page hide the buttons where no kernel would hear them.
  const row = hbox([], {
    layout: { align_items: "center", flex_flow: "row wrap" },
    _dom_classes: ["gb-Rewind"],
  });
  let buttons: AnyWidget[] = [];
  return {
    row,
    show(points) {
      const old = buttons;
      buttons = points.map((point) => rewindButton(point, onRewind));
      row.set({ children: points.length === 0 ? [] : [label, ...buttons] });
      for (const widget of old) widget.close();
    },
  };
}

function rewindButton({ step, changes }: RewindPoint, onRewind: (step: number) => void): AnyWidget {
  const made = Object.entries(changes).map(([name, change]) => changeText(name, change));
  const widget = button({
    description: `step ${step + 1} · ${made.join(", ")}`,
    icon: "history",
    tooltip: "Go back and on from there with the values before this change; this branch stays in the chart",
    layout: { width: "auto" },
    onClick: () => {
      widget.set({ disabled: true });
      onRewind(step);
    },
  });
  return widget;
}
