/** Arranging widgets: side by side, one above the other, in a grid, under tabs, in folds. */
import { control, type Control, type ControlOptions } from "./control.ts";
import type { AnyWidget } from "./widget.ts";

interface BoxState {
  children: AnyWidget[];
}

interface PagesState extends BoxState {
  titles: string[];
  selected_index: number | null;
}

export function hbox(children: AnyWidget[], options: ControlOptions = {}): Control<BoxState> {
  return control({ name: "HBox" }, { children }, options);
}

export function vbox(children: AnyWidget[], options: ControlOptions = {}): Control<BoxState> {
  return control({ name: "VBox" }, { children }, options);
}

/** @example gridBox(plots, { layout: { grid_template_columns: "repeat(3, 1fr)" } }) */
export function gridBox(children: AnyWidget[], options: ControlOptions = {}): Control<BoxState> {
  return control({ name: "GridBox" }, { children }, options);
}

/** Pages by title: `tab({ data: table, model: summary })`. */
export function tab(pages: Record<string, AnyWidget>, options: ControlOptions = {}): Control<PagesState> {
  return control({ name: "Tab" }, pagesState(pages, 0), options);
}

/** Folds by title, all closed unless `open` names one. */
export function accordion(
  pages: Record<string, AnyWidget>,
  { open, ...options }: ControlOptions & { open?: string } = {},
): Control<PagesState> {
  const index = open === undefined ? null : Object.keys(pages).indexOf(open);
  return control({ name: "Accordion" }, pagesState(pages, index), options);
}

function pagesState(pages: Record<string, AnyWidget>, selected: number | null): PagesState {
  return { children: Object.values(pages), titles: Object.keys(pages), selected_index: selected };
}
