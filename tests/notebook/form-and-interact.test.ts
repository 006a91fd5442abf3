import { expect, test, vi } from "vitest";
import { defineConfig, integer, number } from "../../lib/core/config.ts";
import { form } from "../../lib/notebook/form.ts";
import { interact } from "../../lib/notebook/interact.ts";
import { installHost, type MemoryHost } from "./memory-host.ts";

const model = defineConfig("gpt.model", {
  layers: integer({ default: 4, min: 1, max: 12, description: "Depth." }),
  width: integer({ default: 64, min: 8, max: 512, description: "Channels." }),
});
const temperature = number({ default: 1, min: 0, max: 2, description: "Boldness." });

function widgets(host: MemoryHost, modelName: string) {
  const state = (comm: { opened: { data?: object } }) =>
    (comm.opened.data as { state: { _model_name: string } }).state;
  return [...host.comms.values()].filter((comm) => state(comm)._model_name === modelName);
}

const drag = (host: MemoryHost, id: string, value: unknown) =>
  host.page.send(id, { method: "update", state: { value } });

/** What the output area of the last `interact` shows. */
function areaText(host: MemoryHost): string | undefined {
  const updates = widgets(host, "OutputModel")[0].sent.map(
    ({ data }) => data.state as { outputs: { data: Record<string, string> }[] },
  );
  return updates.at(-1)?.outputs[0].data["text/plain"];
}

test("a form's values change together when they are applied", () => {
  const host = installHost();
  const applied: object[] = [];
  const settings = form(model, { values: { width: 128 }, onApply: (values) => applied.push(values) });
  const [layers, width] = widgets(host, "IntSliderModel");
  drag(host, layers.id, 6);
  drag(host, width.id, 256);
  expect(settings.values).toEqual({ layers: 4, width: 128 });
  host.page.send(widgets(host, "ButtonModel")[0].id, { method: "custom", content: { event: "click" } });
  expect(settings.values).toEqual({ layers: 6, width: 256 });
  expect(applied).toEqual([{ layers: 6, width: 256 }]);
});

test("a form shows the fields it is asked for, and none outside a notebook", () => {
  expect(form(model).values).toEqual({ layers: 4, width: 64 });
  const host = installHost();
  form(model, { show: ["width"] });
  expect(widgets(host, "IntSliderModel")).toHaveLength(1);
  expect(() => form(model, { values: { layers: 0 } })).toThrow(
    "gpt.model: expected layers to be a whole number",
  );
});

test("interact shows the result for the defaults and renews it", async () => {
  const host = installHost();
  await interact({ temperature }, (values) => `T = ${values.temperature}`);
  expect(areaText(host)).toBe("T = 1");
  drag(host, widgets(host, "FloatSliderModel")[0].id, 0.5);
  await vi.waitFor(() => expect(areaText(host)).toBe("T = 0.5"));
});

test("while a result is being made, only the latest values count", async () => {
  const host = installHost();
  const computed: number[] = [];
  let finish = () => {};
  const first = interact({ temperature }, async (values) => {
    computed.push(values.temperature);
    await new Promise<void>((resolve) => (finish = resolve));
    return values.temperature;
  });
  await vi.waitFor(() => expect(computed).toEqual([1]));
  const [slider] = widgets(host, "FloatSliderModel");
  for (const value of [0.1, 0.2, 0.3]) drag(host, slider.id, value);
  finish();
  await vi.waitFor(() => expect(computed).toEqual([1, 0.3]));
  finish();
  await first;
  expect(areaText(host)).toBe("0.3");
});

test("an error stands in place of the result", async () => {
  const host = installHost();
  await interact({ temperature }, () => {
    throw new Error("no model yet");
  });
  expect(areaText(host)).toBe("Error: no model yet");
});
