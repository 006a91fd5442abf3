/**
 * Lines in a live chart where hyper-parameters were changed by hand.
 *
 * While a slider is being dragged its value changes at every step: changes of one parameter in quick succession
 * are one mark, from the first value to the last.
 */
import { labelOf } from "../../core/field.ts";
import type { LiveChart } from "./live-chart.ts";
import { roundedText } from "./tiles.ts";
import type { Changes } from "./training-metrics.ts";

/** Milliseconds without a change after which the next change of a parameter is a new one. */
const DRAG_PAUSE = 2000;

/** `learning rate 0.001 → 0.01` */
export function changeText(name: string, { from, to }: Changes[string]): string {
  return `${labelOf(name)} ${roundedText(from)} → ${roundedText(to)}`;
}

/** Returns the function that marks the changes before a step. */
export function changeMarks(chart: LiveChart): (step: number, changes: Changes) => void {
  const latest = new Map<string, { from: number; time: number; rewrite: (text: string) => void }>();

  return (step, changes) => {
    for (const [name, change] of Object.entries(changes)) {
      const time = performance.now();
      const before = latest.get(name);
      const goesOn = before !== undefined && time - before.time < DRAG_PAUSE;
      const from = goesOn ? before.from : change.from;
      const text = changeText(name, { from, to: change.to });
      const rewrite = goesOn ? before.rewrite : chart.mark(step, text);
      if (goesOn) rewrite(text);
      latest.set(name, { from, time, rewrite });
    }
  };
}
