/**
 * What the core controls have in common: description, tooltip, layout (CSS of the box) and style (of its parts).
 *
 * Layout and style are widgets of their own in the protocol; here they are plain objects, and the models behind
 * them are made and closed with the control.
 */
import { Widget, type AnyWidget } from "./widget.ts";

const BASE = { module: "@jupyter-widgets/base", moduleVersion: "2.0.0" };
const CONTROLS = { module: "@jupyter-widgets/controls", moduleVersion: "2.0.0" };

/** CSS of the widget's outer box, e.g. `{ width: "50%", margin: "4px" }`. */
export interface Layout {
  width?: string;
  height?: string;
  min_width?: string;
  max_width?: string;
  min_height?: string;
  max_height?: string;
  margin?: string;
  padding?: string;
  display?: string;
  visibility?: "visible" | "hidden";
  overflow?: string;
  flex?: string;
  flex_flow?: string;
  order?: string;
  align_items?: string;
  align_content?: string;
  align_self?: string;
  justify_content?: string;
  justify_items?: string;
  grid_template_columns?: string;
  grid_template_rows?: string;
  grid_gap?: string;
  object_fit?: string;
  object_position?: string;
  border_top?: string;
  border_right?: string;
  border_bottom?: string;
  border_left?: string;
}

/** Style of a control's parts; which keys count depends on the control. */
export interface Style {
  description_width?: string;
  handle_color?: string;
  bar_color?: string;
  button_color?: string;
  text_color?: string;
  background?: string;
  font_family?: string;
  font_size?: string;
  font_weight?: string;
}

/** Options that every control takes. */
export interface ControlOptions {
  description?: string;
  /** Shown when the pointer rests on the control. */
  tooltip?: string;
  disabled?: boolean;
  layout?: Layout;
  style?: Style;
  /** Classes of the widget's element, for a style sheet of the page. */
  _dom_classes?: string[];
}

interface ControlKind {
  /** Class name without `Model`. */
  name: string;
  /** When the view's class is not `<name>View`. */
  view?: string;
  /** Class of the style's model, for the controls that have one. */
  style?: string;
}

/** The part of a control's state that can change after it was made. */
export type ControlState = Pick<ControlOptions, "description" | "tooltip" | "disabled">;

/** A control: its own state and that of every control. */
export type Control<S extends object = object> = Widget<S & ControlState>;

/** Make a control of `@jupyter-widgets/controls` from its class names and its state. */
export function control<S extends object>(kind: ControlKind, state: S, options: ControlOptions): Control<S> {
  const { layout, style, ...own } = options;
  const parts: AnyWidget[] = [];
  const references: Record<string, unknown> = {};
  if (layout) parts.push((references.layout = layoutModel(layout)));
  if (style && kind.style) {
    const styleKind = { ...CONTROLS, model: kind.style, view: "StyleView", viewModule: BASE.module };
    parts.push((references.style = new Widget(styleKind, style)));
  }
  const { name, view = `${name}View` } = kind;
  const full = { ...own, ...state, ...references };
  return new Widget<S & ControlState>({ ...CONTROLS, model: `${name}Model`, view }, full, parts);
}

/** The model of a box's CSS. */
export function layoutModel(layout: Layout): Widget<Layout> {
  return new Widget({ ...BASE, model: "LayoutModel", view: "LayoutView" }, layout);
}
