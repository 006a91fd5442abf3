/**
 * Comm messages → the widget state that is stored in a notebook's metadata, so that sliders and their values
 * are still there when nobody runs the kernel.
 *
 * Source: ipywidgets, "Jupyter widget messaging protocol" 2.1 and its "widget state" schema 2.0.
 */
import type { Message } from "../../kernels/protocol/message.ts";
import type { Notebook } from "./notebook.ts";

export const WIDGET_STATE = "application/vnd.jupyter.widget-state+json";
export const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

type Path = (string | number)[];

export interface WidgetModel {
  model_name: string;
  model_module: string;
  model_module_version: string;
  state: Record<string, unknown>;
  /** Binary parts of the state, by their path inside it. */
  buffers?: { encoding: "base64"; path: Path; data: string }[];
}

/** Model id → model. */
export type WidgetModels = Record<string, WidgetModel>;

/** The widget models stored in a notebook; none when it has no widgets. */
export function widgetModels(notebook: Notebook): WidgetModels {
  const widgets = notebook.metadata.widgets as Record<string, { state?: WidgetModels }> | undefined;
  return widgets?.[WIDGET_STATE]?.state ?? {};
}

/** Stores the models in the notebook's metadata; an empty set removes the entry. */
export function storeWidgetModels(notebook: Notebook, models: WidgetModels): void {
  if (Object.keys(models).length === 0) {
    delete notebook.metadata.widgets;
    return;
  }
  notebook.metadata.widgets = {
    [WIDGET_STATE]: { version_major: 2, version_minor: 0, state: models },
  };
}

/** The content is whatever the kernel sent; a comm of another target is ignored. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type CommMessage = Message<any>;

/** Follows the widgets of one kernel. */
export class WidgetRecorder {
  readonly models: WidgetModels = {};

  apply(message: CommMessage): void {
    const { comm_id: id, target_name, data } = message.content;
    switch (message.header.msg_type) {
      case "comm_open":
        if (target_name === "jupyter.widget") this.#open(id, data, message.buffers);
        break;
      case "comm_msg":
        if (this.models[id] && (data.method === "update" || data.method === "echo_update")) {
          Object.assign(this.models[id].state, data.state);
          storeBuffers(this.models[id], data.buffer_paths, message.buffers);
        }
        break;
      case "comm_close":
        delete this.models[id];
    }
  }

  #open(id: string, data: { state: Record<string, unknown>; buffer_paths?: Path[] }, buffers: Uint8Array[]) {
    const { _model_name, _model_module, _model_module_version } = data.state;
    this.models[id] = {
      model_name: String(_model_name),
      model_module: String(_model_module),
      model_module_version: String(_model_module_version),
      state: { ...data.state },
    };
    storeBuffers(this.models[id], data.buffer_paths, buffers);
  }
}

function storeBuffers(model: WidgetModel, paths: Path[] = [], buffers: Uint8Array[]): void {
  if (paths.length === 0) return;
  const key = (path: Path) => JSON.stringify(path);
  const replaced = new Set(paths.map(key));
  const kept = (model.buffers ?? []).filter(({ path }) => !replaced.has(key(path)));
  const added = paths.map((path, index) => ({
    encoding: "base64" as const,
    path,
    data: Buffer.from(buffers[index]).toString("base64"),
  }));
  model.buffers = [...kept, ...added];
}
