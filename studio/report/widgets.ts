/**
 * Widgets in a report: nobody can move them any more, so each becomes a row of a table with its last value.
 *
 * `param()` outputs say what they are (label, unit, range, meaning) and which widget's saved state holds the
 * last value. Any other ipywidgets view is walked through its children: what has a value becomes a row, buttons
 * and layout leave nothing; what an output area shows (the chart under the sliders of `interact`) stays.
 */
import type { MimeBundle, Output, WidgetModels } from "../document/index.ts";
import { escapeHtml } from "./escape.ts";

const PARAM_MIME = "application/vnd.gradbook.param+json";
const VIEW_MIME = "application/vnd.jupyter.widget-view+json";
/** Characters from which on a value may take several lines. */
const LONG = 40;
const REFERENCE = "IPY_MODEL_";

export interface WidgetRow {
  label: string;
  value: string;
  unit?: string;
  /** One sentence on what it does. */
  description?: string;
  /** What it may be, in words. */
  range?: string;
}

/** The rows that a bundle's widget stands for; undefined when the bundle holds no widget with a saved state. */
export function widgetRows(bundle: MimeBundle, models: WidgetModels): WidgetRow[] | undefined {
  if (bundle[PARAM_MIME]) return [paramRow(bundle[PARAM_MIME] as ParamBundle, models)];
  const view = bundle[VIEW_MIME] as { model_id?: string } | undefined;
  // A widget that brings HTML says there itself what is left of it without its kernel.
  if (!view?.model_id || !models[view.model_id] || bundle["text/html"]) return undefined;
  return rowsOf(view.model_id, models, new Set());
}

/** What the output areas inside a bundle's widget show. */
export function widgetOutputs(bundle: MimeBundle, models: WidgetModels): Output[] {
  const view = bundle[VIEW_MIME] as { model_id?: string } | undefined;
  return view?.model_id ? outputsOf(view.model_id, models, new Set()) : [];
}

function outputsOf(id: string, models: WidgetModels, seen: Set<string>): Output[] {
  const model = models[id];
  if (!model || seen.has(id)) return [];
  seen.add(id);
  const { children, outputs } = model.state;
  if (model.model_name === "OutputModel" && Array.isArray(outputs)) return outputs as Output[];
  if (!Array.isArray(children)) return [];
  return children.flatMap((child) => outputsOf(String(child).replace(REFERENCE, ""), models, seen));
}

interface ParamBundle {
  label: string;
  value: unknown;
  unit?: string;
  description?: string;
  range?: string;
  model_id: string;
}

function paramRow(param: ParamBundle, models: WidgetModels): WidgetRow {
  const { label, unit, description, range } = param;
  const last = models[param.model_id] && valueOf(models[param.model_id].state);
  return { label, unit, description, range, value: formatValue(last ?? param.value) };
}

/** Boxes hold references to their children; `seen` ends a circle of them. */
function rowsOf(id: string, models: WidgetModels, seen: Set<string>): WidgetRow[] {
  const model = models[id];
  if (!model || seen.has(id)) return [];
  seen.add(id);
  const { children, description, tooltip } = model.state;
  if (Array.isArray(children)) {
    const ids = children.map((child) => String(child).replace(REFERENCE, ""));
    const ranked = ids.some((child) => models[child]?.model_name === "RankingModel");
    // What is asked stands above a ranking; elsewhere labels are part of the page, not of what was chosen.
    return ids.flatMap((child) => [
      ...(ranked ? questionRows(models[child]) : []),
      ...rowsOf(child, models, seen),
    ]);
  }
  if (model.model_name === "RankingModel") return rankingRows(model.state);
  const value = valueOf(model.state);
  if (value === undefined || value === "" || /Button|HTML|Label|Style|Layout/.test(model.model_name))
    return [];
  const label = typeof description === "string" ? description.replace(/:$/, "") : "";
  return [
    { label, value: formatValue(value), description: typeof tooltip === "string" ? tooltip : undefined },
  ];
}

function questionRows(model: WidgetModels[string] | undefined): WidgetRow[] {
  const { value } = model?.model_name === "HTMLModel" ? model.state : {};
  const question = typeof value === "string" ? plainText(value) : "";
  return question === "" ? [] : [{ label: "", value: question }];
}

/** The things that were ordered, the first one first. */
function rankingRows({ items, value, description }: Record<string, unknown>): WidgetRow[] {
  if (!Array.isArray(items) || !Array.isArray(value)) return [];
  return value.map((item, place) => ({
    label: `${place + 1}.`,
    value: String(items[item as number]).trim(),
    description: place === 0 && typeof description === "string" ? description : undefined,
  }));
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function plainText(source: string): string {
  const bare = source.replace(/<[^>]*>/g, " ").replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]); // prettier-ignore
  return bare.trim();
}

/** Selections keep an index into their labels, everything else a value. */
function valueOf(state: Record<string, unknown>): unknown {
  const labels = state._options_labels as unknown[] | undefined;
  if (!labels) return state.value;
  if (Array.isArray(state.index)) return state.index.map((index) => labels[index as number]);
  return typeof state.index === "number" ? labels[state.index] : undefined;
}

function formatValue(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(formatValue).join(", ");
  return value === null ? "–" : String(value);
}

/** The rows as a table; its caption is for screen readers. */
export function widgetTable(rows: WidgetRow[]): string {
  const body = rows.map(({ label, value, unit, description = "", range }) => {
    const cells = [
      `<th scope="row">${escapeHtml(label)}</th>`,
      `<td class="value${value.length > LONG ? " long" : ""}"${range ? ` title="${escapeHtml(range)}"` : ""}>${escapeHtml(value)}${unit ? ` <span class="unit">${escapeHtml(unit)}</span>` : ""}</td>`,
      `<td class="note">${escapeHtml(description)}</td>`,
    ];
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table class="parameters"><caption class="unseen">Parameters</caption><tbody>${body.join("")}</tbody></table>`;
}
