/** How often each true class was taken for which class: a heat map with the counts written in it. */
import { fail } from "../../core/errors.ts";
import type { Displayable } from "../bundle.ts";
import { figure, layoutOf, type ChartOptions } from "./figure.ts";
import { FADE_IN, ticks } from "./heat-map.ts";

/**
 * @param truth class of each example; @param predicted class that the model gave it
 * @throws GradbookError when the two differ in length
 * @example confusionMatrix(["cat", "dog"], ["cat", "cat"])
 */
export function confusionMatrix(
  truth: readonly string[],
  predicted: readonly string[],
  options: ChartOptions = {},
): Displayable {
  if (truth.length !== predicted.length) {
    fail("confusionMatrix", {
      expected: `${truth.length} predictions, one per example`,
      got: predicted.length,
    });
  }
  const classes = [...new Set([...truth, ...predicted])].sort();
  const place = new Map(classes.map((name, index) => [name, index]));
  const counts = classes.map(() => classes.map(() => 0));
  truth.forEach((name, index) => counts[place.get(name)!][place.get(predicted[index])!]++);

  const trace = {
    type: "heatmap",
    z: counts,
    colorscale: FADE_IN,
    texttemplate: "%{z}",
    hovertemplate: "%{z} times<extra></extra>",
  };
  const layout = layoutOf({ x: "predicted", y: "true", ...options });
  Object.assign(layout.xaxis as object, ticks(classes), { showgrid: false });
  Object.assign(layout.yaxis as object, ticks(classes), { showgrid: false, autorange: "reversed" });
  const right = counts.reduce((sum, row, index) => sum + row[index], 0);
  const alt = `${right} of ${truth.length} right over ${classes.length} classes`;
  return figure([trace], layout, `${options.title ?? "confusion matrix"}: ${alt}`);
}
