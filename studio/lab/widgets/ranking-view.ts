/**
 * Ordering by hand: a list whose rows are dragged, or moved with Alt and the arrow keys.
 */
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { WIDGET_MODULE, WIDGET_MODULE_VERSION } from "../../../lib/notebook/widgets/module.ts";

export class RankingModel extends DOMWidgetModel {
  override defaults(): Record<string, unknown> {
    return {
      ...super.defaults(),
      _model_name: "RankingModel",
      _view_name: "RankingView",
      _model_module: WIDGET_MODULE,
      _view_module: WIDGET_MODULE,
      _model_module_version: WIDGET_MODULE_VERSION,
      _view_module_version: WIDGET_MODULE_VERSION,
      items: [],
      value: [],
      description: "",
    };
  }
}

export class RankingView extends DOMWidgetView {
  // Set while rows are made; Backbone's constructor renders before a class's own fields would be set.
  declare private dragged: number | undefined;

  override render(): void {
    super.render();
    this.el.classList.add("jupyter-widgets", "gb-Ranking");
    this.listenTo(this.model, "change", () => this.draw());
    this.draw();
  }

  private draw(): void {
    const heading = document.createElement("div");
    heading.textContent = this.model.get("description");
    const list = document.createElement("ol");
    list.setAttribute("aria-label", this.model.get("description"));
    list.style.cssText = "margin:4px 0;padding-left:2em";
    (this.model.get("value") as number[]).forEach((item, place) => list.append(this.row(item, place)));
    this.el.replaceChildren(heading, list);
  }

  private row(item: number, place: number): HTMLElement {
    const row = document.createElement("li");
    row.textContent = (this.model.get("items") as string[])[item];
    row.title = "Drag, or press Alt and an arrow key, to move";
    row.tabIndex = 0;
    row.draggable = true;
    row.style.cssText =
      "cursor:grab;padding:4px 8px;margin:2px 0;white-space:pre-wrap;" +
      "border:1px solid var(--jp-border-color2);border-radius:3px;background:var(--jp-layout-color1)";
    row.addEventListener("dragstart", () => (this.dragged = place));
    row.addEventListener("dragover", (event) => event.preventDefault());
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      if (this.dragged !== undefined) this.move(this.dragged, place);
    });
    row.addEventListener("keydown", (event) => this.onKey(event, place));
    return row;
  }

  private onKey(event: KeyboardEvent, place: number): void {
    const shift = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || shift === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.move(place, place + shift);
    (this.el.querySelectorAll("li")[place + shift] as HTMLElement | undefined)?.focus();
  }

  private move(from: number, to: number): void {
    const order = [...(this.model.get("value") as number[])];
    if (to < 0 || to >= order.length) return;
    order.splice(to, 0, ...order.splice(from, 1));
    this.model.set("value", order);
    this.model.save_changes();
  }
}
