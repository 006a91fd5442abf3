import { table } from "arquero";
import { expect, test, vi } from "vitest";
import { toBundle } from "../../lib/notebook/bundle.ts";
import { display, html, json, latex, markdown, plotly, png, svg } from "../../lib/notebook/display.ts";
import { escapeHtml } from "../../lib/notebook/escape-html.ts";
import { record } from "../../lib/notebook/record.ts";
import { installHost } from "./memory-host.ts";

test("a value shows itself by its own symbol, a MIME bundle as it is, the rest as text", () => {
  expect(toBundle({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>7</b>" }) })).toEqual({
    "text/html": "<b>7</b>",
  });
  expect(toBundle({ "text/markdown": "# a" })).toEqual({ "text/markdown": "# a" });
  expect(toBundle({ a: 1 })).toEqual({ "text/plain": "{ a: 1 }" });
  expect(toBundle("words")).toEqual({ "text/plain": "words" });
  expect(toBundle(null)).toEqual({ "text/plain": "null" });
});

test("an arquero table shows as an HTML table", () => {
  const bundle = toBundle(table({ token: ["a", "b"], count: [3, 1] })) as Record<string, string>;
  expect(bundle["text/html"]).toMatch(/<table.*token.*count/s);
  expect(bundle["text/plain"]).toBe("table with 2 rows: token, count");
});

test("display adds an output and its handle replaces it", () => {
  const host = installHost();
  const first = display("reading");
  display(markdown("**second**"));
  first.update(html("<b>done</b>"));
  expect(host.outputs.map(({ data }) => data)).toEqual([
    { "text/html": "<b>done</b>", "text/plain": "done" },
    { "text/markdown": "**second**", "text/plain": "**second**" },
  ]);
});

test("a bundle that takes time keeps its place among the outputs", async () => {
  const host = installHost();
  display({ [Symbol.for("Jupyter.display")]: async () => ({ "text/plain": "slow" }) });
  display("fast");
  await Promise.resolve();
  expect(host.outputs.map(({ data }) => data["text/plain"])).toEqual(["slow", "fast"]);
});

test("each helper says what it holds, with text for readers without a browser", () => {
  expect(toBundle(latex("x^2"))).toEqual({ "text/latex": "$$x^2$$", "text/plain": "x^2" });
  expect(toBundle(svg("<svg/>", "a line"))).toEqual({ "image/svg+xml": "<svg/>", "text/plain": "a line" });
  expect(toBundle(png(Uint8Array.of(1, 2), "a dot"))).toEqual({ "image/png": "AQI=", "text/plain": "a dot" });
  expect(toBundle(json([1]))).toEqual({ "application/json": [1], "text/plain": "[\n  1\n]" });
  expect(toBundle(plotly([{ y: [1] }], {}, "one point"))).toEqual({
    "application/vnd.plotly.v1+json": { data: [{ y: [1] }], layout: {} },
    "text/plain": "one point",
  });
});

test("record shows a line and leaves the pair in the output", () => {
  const host = installHost();
  record("validation loss", 1.9123456789);
  expect(host.outputs[0].data).toEqual({
    "application/vnd.gradbook.record+json": { name: "validation loss", value: 1.9123456789 },
    "text/plain": "validation loss = 1.91235",
  });
});

test("outside a notebook, display and record print text", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  display(html("<p>a <b>b</b></p>"));
  record("steps", 5);
  expect(log.mock.calls).toEqual([["a b"], ["steps = 5"]]);
  log.mockRestore();
});

test("escapeHtml makes text safe in content and in attributes", () => {
  expect(escapeHtml(`<a title="x" & 'y'>`)).toBe("&lt;a title=&quot;x&quot; &amp; &#39;y&#39;&gt;");
});
