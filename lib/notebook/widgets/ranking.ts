/**
 * Putting things in order, best first, by dragging or with the arrow keys: how people compare the answers of a
 * model. Shown by gradbook's own front end (studio/lab/widgets).
 */
import { WIDGET_MODULE, WIDGET_MODULE_VERSION } from "./module.ts";
import { Widget } from "./widget.ts";

export interface RankingOptions {
  /** What is to be ordered, as text. */
  items: readonly string[];
  /** Said above the list. */
  description?: string;
}

export interface RankingState {
  items: string[];
  /** Indices of the items, best first. */
  value: number[];
  description: string;
}

/**
 * @example
 * const order = ranking({ items: answers, description: "Best answer first" });
 * order.value; // [2, 0, 1]: the third answer is the best
 */
export function ranking({ items, description = "Best first" }: RankingOptions): Widget<RankingState> {
  const kind = { module: WIDGET_MODULE, moduleVersion: WIDGET_MODULE_VERSION, model: "RankingModel" };
  const state = { items: [...items], value: items.map((_, index) => index), description };
  return new Widget<RankingState>({ ...kind, view: "RankingView" }, state);
}
