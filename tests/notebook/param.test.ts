import { expect, test } from "vitest";
import { boolean, choice, integer, number, text } from "../../lib/core/config.ts";
import { param, params } from "../../lib/notebook/param.ts";
import { installHost, type MemoryHost } from "./memory-host.ts";

const learningRate = number({
  default: 1e-3,
  min: 1e-6,
  max: 1,
  scale: "log",
  label: "learning rate",
  description: "Size of a step.",
});
const layers = integer({ default: 4, min: 1, max: 12, unit: "layers", description: "Depth." });

/** The saved pair of the n-th parameter shown: its description and the id of the widget with the value. */
function shownParam(host: MemoryHost, index = host.outputs.length - 1) {
  return host.outputs[index].data["application/vnd.gradbook.param+json"] as {
    model_id: string;
    value: unknown;
  };
}

function inputState(host: MemoryHost, index?: number) {
  const opened = host.comms.get(shownParam(host, index).model_id)!.opened.data;
  return (opened as { state: Record<string, unknown> }).state;
}

function drag(host: MemoryHost, value: unknown, key = "value") {
  host.page.send(shownParam(host).model_id, { method: "update", state: { [key]: value } });
}

test("outside a notebook param is its default", () => {
  expect(param("learningRate", learningRate)).toBe(1e-3);
  expect(param("learningRate", learningRate, { default: 0.01 })).toBe(0.01);
});

test("param shows a widget and says what it is", () => {
  const host = installHost();
  expect(param("layers", layers)).toBe(4);
  expect(host.outputs[0].data).toMatchObject({
    "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0 },
    "application/vnd.gradbook.param+json": {
      name: "layers",
      value: 4,
      label: "layers",
      unit: "layers",
      range: "a whole number from 1 to 12",
      description: "Depth.",
    },
    "text/plain": "layers = 4 layers",
  });
});

test.each([
  ["a log slider", learningRate, "FloatLogSliderModel", { min: -6, max: 0, value: 1e-3 }],
  ["a whole-number slider", layers, "IntSliderModel", { min: 1, max: 12, step: 1, value: 4 }],
  [
    "a slider with a hundred steps",
    number({ default: 1, min: 0, max: 2, description: "" }),
    "FloatSliderModel",
    { step: 0.02 },
  ],
  [
    "a number field, where a slider would be too fine,",
    integer({ default: 500, min: 1, max: 1e8, description: "" }),
    "BoundedIntTextModel",
    { value: 500, max: 1e8 },
  ],
  ["a number field", integer({ default: 7, min: 0, description: "" }), "IntTextModel", { value: 7 }],
  ["a check box", boolean({ default: true, description: "" }), "CheckboxModel", { value: true }],
  ["a text field", text({ default: "Call me", description: "" }), "TextModel", { value: "Call me" }],
  [
    "a dropdown",
    choice(["a", "b"], { default: "b", description: "" }),
    "DropdownModel",
    { _options_labels: ["a", "b"], index: 1 },
  ],
])("%s stands for its field", (_, field, model, state) => {
  const host = installHost();
  // The table mixes value types; each row calls param with one of them.
  param("x", field as typeof learningRate);
  expect(inputState(host)).toMatchObject({ _model_name: model, ...state });
});

test("moving the slider sets the declared variable and tells the listener", () => {
  const host = installHost();
  let learningRateNow = 0;
  const heard: number[] = [];
  host.binding = (value) => (learningRateNow = value as number);
  learningRateNow = param("learningRate", learningRate, { onChange: (value) => heard.push(value) });
  drag(host, 0.0029999999999999997);
  expect([learningRateNow, heard]).toEqual([0.003, [0.003]]);
  // The page reports the position next to the value that it was told: that is no change.
  drag(host, 0.0029998);
  expect(heard).toEqual([0.003]);
  expect(params()).toEqual({ learningRate: 0.003 });
});

test.each([
  [0.8, 0.02],
  [0.15, 0.01],
  [0.125, 0.005],
])("a slider from 0 to 2 reaches its value %d exactly, in steps of %d", (value, step) => {
  const host = installHost();
  param("share", number({ default: value, min: 0, max: 2, description: "" }));
  expect(inputState(host).step).toBeCloseTo(step, 12);
});

test("a value that no even step reaches is typed", () => {
  const host = installHost();
  param("share", number({ default: 0.123456, min: 0, max: 2, description: "" }));
  expect(inputState(host)).toMatchObject({ _model_name: "BoundedFloatTextModel", value: 0.123456 });
});

test("a chosen label sets the variable to the value behind it", () => {
  const host = installHost();
  let schedule = "";
  host.binding = (value) => (schedule = value as string);
  param("schedule", choice(["cosine", "constant"], { default: "cosine", description: "" }));
  drag(host, 1, "index");
  expect(schedule).toBe("constant");
});

test("a typed value out of range is put back", () => {
  const host = installHost();
  let steps = 0;
  host.binding = (value) => (steps = value as number);
  steps = param("steps", integer({ default: 100, min: 1, description: "" }));
  drag(host, -5);
  expect(steps).toBe(100);
  const sent = host.comms.get(shownParam(host).model_id)!.sent.map(({ data }) => data);
  expect(sent).toEqual([
    { method: "echo_update", state: { value: -5 }, buffer_paths: [] },
    { method: "update", state: { value: 100 }, buffer_paths: [] },
  ]);
});

test("running the cell again keeps the dialled value and closes the old widgets", () => {
  const host = installHost();
  param("layers", layers);
  drag(host, 6);
  const old = shownParam(host).model_id;
  expect(param("layers", layers)).toBe(6);
  expect(inputState(host)).toMatchObject({ value: 6 });
  expect(host.comms.get(old)!.closed).toBe(true);
  expect(
    [...host.comms.values()].filter((comm) => !comm.closed && comm.target === "jupyter.widget"),
  ).toHaveLength([...host.comms.values()].filter((comm) => comm.closed).length);
});

test("a changed declaration starts from its default again", () => {
  const host = installHost();
  param("layers", layers);
  drag(host, 6);
  expect(param("layers", layers, { default: 2 })).toBe(2);
});

test("a value given to the run wins and is checked", () => {
  const host = installHost();
  host.parameters = { learningRate: "0.003", layers: 99 };
  expect(param("learningRate", learningRate)).toBe(0.003);
  expect(() => param("layers", layers)).toThrow(
    "param layers: expected layers to be a whole number from 1 to 12, got 99",
  );
});

test("a default outside the range is refused, and leaves no setter for the next call", () => {
  const host = installHost();
  host.binding = () => {
    throw new Error("belongs to the refused call");
  };
  expect(() => param("layers", layers, { default: 0 })).toThrow(
    "param layers: expected layers to be a whole number",
  );
  param("layers", layers);
  drag(host, 6);
  expect(params()).toEqual({ layers: 6 });
});
