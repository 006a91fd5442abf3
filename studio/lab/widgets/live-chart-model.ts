/**
 * The page's copy of a live chart: the kernel's state, and the points that come in one message after the other.
 *
 * Every model is findable by its id, because the renderer of the output (live-renderer.ts) knows no widget
 * manager: it waits here for the model that its output names.
 */
import { WidgetModel } from "@jupyter-widgets/base";
import { Signal, type ISignal } from "@lumino/signaling";
import { chartFigure, chartText, type Figure } from "../../../lib/notebook/live/chart-figure.ts";
import {
  applyAppend,
  type AppendMessage,
  type ChartState,
  type ResendMessage,
} from "../../../lib/notebook/live/chart-state.ts";
import { WIDGET_MODULE, WIDGET_MODULE_VERSION } from "../../../lib/notebook/widgets/module.ts";

const models = new Map<string, LiveChartModel>();
const created = new Signal<object, LiveChartModel>(models);

/** The open model of this id, if the page has it. */
export function findModel(id: string): LiveChartModel | undefined {
  return models.get(id);
}

/** Emitted with each model that the page learns of. */
export const modelCreated: ISignal<object, LiveChartModel> = created;

export class LiveChartModel extends WidgetModel {
  // Set in initialize: Backbone calls it from its constructor, before a class's own fields would be.
  declare private awaitingState: boolean;

  override defaults(): Record<string, unknown> {
    const names = { _model_name: "LiveChartModel", _view_name: null };
    const modules = { _model_module: WIDGET_MODULE, _view_module: WIDGET_MODULE };
    const versions = {
      _model_module_version: WIDGET_MODULE_VERSION,
      _view_module_version: WIDGET_MODULE_VERSION,
    };
    return { ...super.defaults(), ...names, ...modules, ...versions };
  }

  override initialize(...args: Parameters<WidgetModel["initialize"]>): void {
    super.initialize(...args);
    this.awaitingState = false;
    this.on("msg:custom", (message: AppendMessage) => this.append(message));
    this.on("change:points", () => (this.awaitingState = false));
    this.on("change", () => this.trigger("figure"));
    this.on("destroy", () => models.delete(this.model_id));
    models.set(this.model_id, this);
    created.emit(this);
  }

  /** Without the points when it is for the notebook's file: the output there has them, in its figure. */
  override get_state(dropDefaults?: boolean): ReturnType<WidgetModel["get_state"]> {
    const { points, marks, ...rest } = super.get_state(dropDefaults);
    return dropDefaults ? rest : { ...rest, points, marks };
  }

  /** Whether the kernel may still send points. */
  get running(): boolean {
    return this.get("running") === true;
  }

  /** How much of the work is done, 0 to 1; undefined when the chart does not say. */
  get progress(): number | undefined {
    return (this.attributes as ChartState).progress;
  }

  figure(): Figure {
    return chartFigure(this.attributes as ChartState);
  }

  text(): string {
    return chartText(this.attributes as ChartState);
  }

  private append(message: AppendMessage): void {
    if (message.type !== "append" || this.awaitingState) return;
    if (applyAppend(this.attributes as ChartState, message)) {
      this.trigger("figure");
    } else {
      this.awaitingState = true;
      const resend: ResendMessage = { type: "resend" };
      this.send({ ...resend });
    }
  }
}
