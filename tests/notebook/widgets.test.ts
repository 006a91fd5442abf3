import { expect, test } from "vitest";
import { toBundle } from "../../lib/notebook/bundle.ts";
import {
  accordion,
  button,
  checkbox,
  dropdown,
  fileUpload,
  floatLogSlider,
  floatProgress,
  floatText,
  hbox,
  intRangeSlider,
  intSlider,
  label,
  outputArea,
  ranking,
  selectMultiple,
  Widget,
} from "../../lib/notebook/widgets/index.ts";
import { liveWidgets } from "../../lib/notebook/widgets/widget.ts";
import { installHost, type MemoryHost } from "./memory-host.ts";

const comm = (host: MemoryHost, widget: { id: string }) => host.comms.get(widget.id)!;

test("a widget opens a comm with its full state, protocol 2.1", () => {
  const host = installHost();
  const slider = intSlider({ description: "layers", value: 4, min: 1, max: 12 });
  const { target, opened } = comm(host, slider);
  expect(target).toBe("jupyter.widget");
  expect(opened.metadata).toEqual({ version: "2.1.0" });
  expect(opened.data).toEqual({
    buffer_paths: [],
    state: {
      _model_module: "@jupyter-widgets/controls",
      _model_module_version: "2.0.0",
      _model_name: "IntSliderModel",
      _view_module: "@jupyter-widgets/controls",
      _view_module_version: "2.0.0",
      _view_name: "IntSliderView",
      _view_count: null,
      description: "layers",
      value: 4,
      min: 1,
      max: 12,
      step: 1,
      readout: true,
      readout_format: "d",
      continuous_update: true,
      orientation: "horizontal",
    },
  });
});

test("a page's change is echoed, taken over and told to the observers", () => {
  const host = installHost();
  const slider = intSlider({ value: 4 });
  const seen: number[] = [];
  slider.observe("value", (value) => seen.push(value));
  host.page.send(slider.id, { method: "update", state: { value: 6 }, buffer_paths: [] });
  expect(comm(host, slider).sent).toEqual([
    { data: { method: "echo_update", state: { value: 6 }, buffer_paths: [] }, buffers: [] },
  ]);
  expect([slider.value, seen]).toEqual([6, [6]]);
});

test("the kernel's change goes to the pages once, and not again when nothing changed", () => {
  const host = installHost();
  const bar = floatProgress();
  bar.set({ value: 0.5 });
  bar.set({ value: 0.5 });
  expect(comm(host, bar).sent.map(({ data }) => data)).toEqual([
    { method: "update", state: { value: 0.5 }, buffer_paths: [] },
  ]);
});

test("an observer can be taken off", () => {
  installHost();
  const box = checkbox();
  let calls = 0;
  const stop = box.observe("value", () => calls++);
  box.set({ value: true });
  stop();
  box.set({ value: false });
  expect(calls).toBe(1);
});

test("a reloaded page gets the state of every open widget at once", () => {
  const host = installHost();
  const slider = intSlider({ value: 4 });
  const gone = label("old");
  gone.close();
  slider.set({ value: 9 });
  const control = host.page.open("jupyter.widget.control");
  control.onMessage!({ data: { method: "request_states" }, metadata: {}, buffers: [] });
  const { method, states } = control.sent[0].data as { method: string; states: Record<string, never> };
  expect(method).toBe("update_states");
  expect(Object.keys(states)).toEqual([slider.id]);
  expect(states[slider.id]).toMatchObject({
    model_name: "IntSliderModel",
    model_module: "@jupyter-widgets/controls",
    model_module_version: "2.0.0",
    state: { value: 9, _view_name: "IntSliderView" },
  });
});

test("an older front end asks widget by widget", () => {
  const host = installHost();
  const slider = intSlider({ value: 3 });
  host.page.send(slider.id, { method: "request_state" });
  expect(comm(host, slider).sent[0].data).toMatchObject({ method: "update", state: { value: 3, max: 100 } });
});

test("children, layout and style travel as references and close with their owner", () => {
  const host = installHost();
  const child = label("a");
  const box = hbox([child], { layout: { width: "50%" } });
  const { state } = comm(host, box).opened.data as { state: { children: string[]; layout: string } };
  expect(state.children).toEqual([`IPY_MODEL_${child.id}`]);
  const layout = host.comms.get(state.layout.replace("IPY_MODEL_", ""))!;
  expect((layout.opened.data as { state: object }).state).toMatchObject({
    _model_name: "LayoutModel",
    width: "50%",
  });
  box.close();
  expect([comm(host, box).closed, layout.closed, comm(host, child).closed]).toEqual([true, true, false]);
  expect([...liveWidgets().keys()]).toEqual([child.id]);
});

test("bytes travel beside the state, wherever they stand in it", () => {
  const host = installHost();
  const kind = { module: "m", moduleVersion: "1.0.0", model: "M", view: null };
  const widget = new Widget(kind, {
    image: Uint8Array.of(1, 2),
    list: [new Float32Array([1]), 5],
  } as Record<string, unknown>);
  const { data, buffers } = comm(host, widget).opened as {
    data: Record<string, unknown>;
    buffers: Uint8Array[];
  };
  expect(data.buffer_paths).toEqual([["image"], ["list", 0]]);
  expect(data.state).toMatchObject({ list: [null, 5] });
  expect(data.state).not.toHaveProperty("image");
  expect(buffers.map((buffer) => [...buffer])).toEqual([
    [1, 2],
    [0, 0, 128, 63],
  ]);

  const incoming = { method: "update", state: { list: [null, 6] }, buffer_paths: [["list", 0], ["image"]] };
  host.page.send(widget.id, incoming, [Uint8Array.of(7), Uint8Array.of(8)]);
  expect(widget.state).toEqual({ image: Uint8Array.of(8), list: [Uint8Array.of(7), 6] });
});

test("a click reaches the button's handler, other messages do not", () => {
  const host = installHost();
  let clicks = 0;
  const stop = button({ description: "Stop", onClick: () => clicks++ });
  host.page.send(stop.id, { method: "custom", content: { event: "hover" } });
  host.page.send(stop.id, { method: "custom", content: { event: "click" } });
  expect(clicks).toBe(1);
});

test("a dropdown speaks in values, its model in indices", () => {
  const host = installHost();
  const schedule = dropdown({ options: ["cosine", ["none", "constant"]], value: "constant" });
  expect(schedule.widget.state).toMatchObject({ _options_labels: ["cosine", "none"], index: 1 });
  const seen: string[] = [];
  schedule.observe((value) => seen.push(value));
  host.page.send(schedule.widget.id, { method: "update", state: { index: 0 } });
  expect([schedule.value, seen]).toEqual(["cosine", ["cosine"]]);
  expect(() => schedule.select("linear")).toThrow("Dropdown: expected one of cosine, none, got linear");
});

test("every widget shows itself, also those that are more than their model", () => {
  installHost();
  const schedule = dropdown({ options: ["cosine"] });
  const view = (id: string) => ({ version_major: 2, version_minor: 0, model_id: id });
  const mime = "application/vnd.jupyter.widget-view+json";
  expect(toBundle(schedule)).toMatchObject({ [mime]: view(schedule.widget.id) });
  const area = outputArea();
  expect(toBundle(area)).toMatchObject({ [mime]: view(area.widget.id) });
  const slider = intSlider({ value: 3 });
  expect(toBundle(slider)).toEqual({ [mime]: view(slider.id), "text/plain": "IntSlider 3" });
});

test("a log slider's bounds are values, its model's are exponents", () => {
  installHost();
  const { min, max, value } = floatLogSlider({ value: 1e-3, min: 1e-5, max: 10 }).state;
  expect(min).toBeCloseTo(-5);
  expect(max).toBeCloseTo(1);
  expect(value).toBe(1e-3);
});

test("number fields use the bounded model only when both bounds are known", () => {
  installHost();
  expect(floatText({ min: 0 }).kind).toMatchObject({ model: "FloatTextModel", view: "FloatTextView" });
  expect(floatText({ min: 0, max: 1 }).kind).toMatchObject({ model: "BoundedFloatTextModel" });
});

test("an accordion opens the fold it is told to", () => {
  installHost();
  const folds = accordion({ data: label("d"), model: label("m") }, { open: "model" });
  expect(folds.state).toMatchObject({ titles: ["data", "model"], selected_index: 1 });
});

test("an output area holds what it is given", async () => {
  installHost();
  const area = outputArea();
  await area.append("first");
  await area.append({ "text/html": "<b>2</b>" });
  expect(area.widget.state.outputs.map(({ data }) => data)).toEqual([
    { "text/plain": "first" },
    { "text/html": "<b>2</b>" },
  ]);
  await area.replace("only");
  expect(area.widget.state.outputs).toHaveLength(1);
  area.clear();
  expect(area.widget.state.outputs).toEqual([]);
});

test("without a notebook a widget is plain state", () => {
  const slider = intSlider({ value: 2 });
  slider.set({ value: 3 });
  expect(slider.value).toBe(3);
  expect(liveWidgets().size).toBe(0);
});

test("a range slider holds both ends", () => {
  const host = installHost();
  const lengths = intRangeSlider({ min: 0, max: 10 });
  expect(lengths.value).toEqual([0, 10]);
  host.page.send(lengths.id, { method: "update", state: { value: [2, 5] } });
  expect(lengths.value).toEqual([2, 5]);
});

test("several labels can be chosen at once", () => {
  const host = installHost();
  const filters = selectMultiple({ options: ["short", "repeated", "boilerplate"], value: ["repeated"] });
  expect(filters.widget.state.index).toEqual([1]);
  host.page.send(filters.widget.id, { method: "update", state: { index: [0, 2] } });
  expect(filters.value).toEqual(["short", "boilerplate"]);
});

test("an uploaded file arrives with its bytes", () => {
  const host = installHost();
  const upload = fileUpload({ accept: ".txt" });
  const file = { name: "a.txt", type: "text/plain", size: 2, last_modified: 0 };
  const update = { method: "update", state: { value: [file] }, buffer_paths: [["value", 0, "content"]] };
  host.page.send(upload.id, update, [Uint8Array.of(104, 105)]);
  expect(new TextDecoder().decode(upload.value[0].content)).toBe("hi");
});

test("a ranking starts in the given order and follows the page", () => {
  const host = installHost();
  const order = ranking({ items: ["a", "b", "c"] });
  expect(order.value).toEqual([0, 1, 2]);
  host.page.send(order.id, { method: "update", state: { value: [2, 0, 1] } });
  expect(order.value).toEqual([2, 0, 1]);
});
