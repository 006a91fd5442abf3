import { inflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { summarize } from "../../kernels/typescript/session/views/numbers.ts";
import { encodePng } from "../../kernels/typescript/session/views/tensor.ts";
import { KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => void (kernel = await KernelSession.start()));
afterAll(() => kernel.stop());

async function show(code: string): Promise<Record<string, string>> {
  const ran = await kernel.run(code);
  return ran.messages.find(({ header }) => header.msg_type === "execute_result")!.content.data;
}

test("a typed array shows its range and first values", async () => {
  const data = await show("Float32Array.from({ length: 100 }, (_, i) => i / 2)");
  expect(data["text/plain"]).toBe(
    "Float32Array(100)  min 0, mean 24.75, max 49.50\n[0, 0.5000, 1, 1.500, 2, 2.500, 3, 3.500, …]",
  );
  expect(data["text/html"]).toContain("<svg");
});

test("numbers that are not finite are counted, not averaged", () => {
  expect(summarize([1, NaN, 3, Infinity])).toMatchObject({ min: 1, mean: 2, max: 3, notFinite: 2 });
});

test("a tensor shows shape and dtype; an image-like one its picture", async () => {
  await kernel.run(
    'import * as tf from "@tensorflow/tfjs-core"; import "@tensorflow/tfjs-backend-cpu"; await tf.ready()',
  );
  const matrix = await show("tf.tensor2d([[1, 2], [3, 4]])");
  expect(matrix["text/plain"]).toBe("Tensor float32 [2, 2]  min 1, mean 2.500, max 4\n[1, 2, 3, 4]");
  expect((await show("tf.fill([8, 9, 3], 0.5)"))["text/html"]).toContain("data:image/png;base64,iVBOR");
  expect((await show("const gone = tf.scalar(1); gone.dispose(); gone"))["text/plain"]).toBe(
    "Tensor float32 [] (disposed)",
  );
});

test("pictures are PNG", () => {
  const png = encodePng(2, 1, 3, new Uint8Array([255, 0, 0, 0, 0, 255]));
  expect(png.subarray(0, 8)).toEqual(Buffer.from("89504e470d0a1a0a", "hex"));
  const length = png.readUInt32BE(33);
  expect([...inflateSync(png.subarray(41, 41 + length))]).toEqual([0, 255, 0, 0, 0, 0, 255]);
});

test("an arquero table is an HTML table", async () => {
  expect((await show('import { table } from "arquero"; table({ a: [1, 2] })'))["text/html"]).toContain(
    "<table",
  );
});

test("small values are text, big nested ones a tree with escaped text", async () => {
  expect(await show('new Map([["k", { a: 1 }]])')).toEqual({ "text/plain": "Map(1) { 'k' => { a: 1 } }" });
  const big = await show("new Map(Array.from({ length: 40 }, (_, i) => [`<${i}>`, { deep: { i } }]))");
  expect(big["text/plain"]).toContain("'<39>' => { deep: { i: 39 } }");
  expect(big["text/html"]).toContain("<details");
  expect(big["text/html"]).toContain("&lt;39&gt;");
});

test("a view that fails says so and falls back to text", async () => {
  const data = await show('({ a: 1, [Symbol.for("Jupyter.display")]() { throw new Error("no view") } })');
  expect(data["text/plain"]).toContain("a: 1");
  expect(data["text/plain"]).toContain("[its view failed: no view]");
});
