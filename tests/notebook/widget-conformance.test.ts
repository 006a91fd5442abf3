/**
 * The models that our controls open have the class names, keys and types of ipywidgets' own.
 *
 * Golden: widget-models.json, written by Python's ipywidgets 8.1.9 (golden/widget-models.py).
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as widgets from "../../lib/notebook/widgets/index.ts";
import { installHost } from "./memory-host.ts";

interface Golden {
  names: Record<string, string>;
  keys: Record<string, string>;
}
const GOLDEN = JSON.parse(
  readFileSync(new URL("golden/widget-models.json", import.meta.url), "utf8"),
) as Record<string, Golden>;

const common = {
  description: "d",
  tooltip: "t",
  disabled: true,
  layout: { width: "50%" },
  style: { description_width: "9px" },
};
const OPENERS: Record<string, () => unknown> = {
  sliders: () => [widgets.intSlider(common), widgets.floatSlider(common), widgets.floatLogSlider(common)],
  "range sliders": () => [widgets.intRangeSlider(common), widgets.floatRangeSlider(common)],
  "number fields": () => [widgets.intText(common), widgets.floatText(common)],
  "bounded number fields": () => {
    const bounds = { ...common, min: 0, max: 9, step: 1 };
    return [widgets.intText(bounds), widgets.floatText(bounds)];
  },
  "text fields": () => [widgets.text(common), widgets.textarea(common)],
  selections: () => {
    const options = { ...common, options: ["a", "b"] };
    return [widgets.dropdown(options), widgets.radioButtons(options), widgets.toggleButtons(options)];
  },
  "a multiple selection": () => widgets.selectMultiple({ ...common, options: ["a"], value: ["a"] }),
  switches: () => [widgets.checkbox(common), widgets.toggleButton(common)],
  buttons: () => {
    const options = { ...common, style: { button_color: "red" } };
    return [widgets.button({ ...options, icon: "stop", kind: "danger" }), widgets.fileUpload(options)];
  },
  "progress bars": () => [
    widgets.intProgress({ ...common, disabled: undefined }),
    widgets.floatProgress({ tooltip: "t" }),
  ],
  labels: () => [
    widgets.label("a", { style: { font_size: "9px" } }),
    widgets.htmlLabel("<b>a</b>", { style: { font_size: "9px" } }),
  ],
  boxes: () => [
    widgets.hbox([widgets.label()]),
    widgets.vbox([]),
    widgets.gridBox([], { layout: { grid_gap: "4px" } }),
  ],
  pages: () => [widgets.tab({ a: widgets.label() }), widgets.accordion({ a: widgets.label() })],
  "an output area": () => widgets.outputArea({ layout: { height: "9px" } }),
};

const kindOf = (value: unknown) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

test.each(Object.keys(OPENERS))("%s speak ipywidgets' language", (name) => {
  const host = installHost();
  OPENERS[name]();
  expect(host.comms.size).toBeGreaterThan(0);
  for (const { opened } of host.comms.values()) {
    const { state } = opened.data as { state: Record<string, unknown> };
    const model = String(state._model_name).replace(/Model$/, "");
    const { names, keys } = GOLDEN[model];
    for (const [key, value] of Object.entries(state)) {
      if (key in names) {
        expect(value, `${model}.${key}`).toBe(names[key]);
        continue;
      }
      expect(keys, model).toHaveProperty(key);
      // Where ipywidgets' default is null, its key takes more than one type.
      if (keys[key] !== "null") expect(kindOf(value), `${model}.${key}`).toBe(keys[key]);
    }
  }
});
