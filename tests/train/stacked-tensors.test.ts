import { expect, it } from "vitest";
import type { Batch } from "../../lib/batches/index.ts";
import { stackedTensors } from "../../lib/train/tensors.ts";

const batch = (first: number): Batch => ({
  inputs: Int32Array.of(first, first + 1, first + 2, first + 3),
  targets: Int32Array.of(first, first + 3),
  places: Int32Array.of(0, 1),
  ...{ batchSize: 2, contextLength: 2, targetLength: 1 },
});

it("batches of one shape lie beside each other, with all that they have", () => {
  const stacked = stackedTensors([batch(0), batch(4)], 9)!;
  expect(Object.keys(stacked).sort()).toEqual(["inputs", "places", "targets"]);
  expect(stacked.inputs.arraySync()).toEqual([[[0, 1], [4, 5]], [[2, 3], [6, 7]]]); // prettier-ignore
  expect(stacked.targets.arraySync()).toEqual([[[0], [4]], [[3], [7]]]); // prettier-ignore
  expect(stacked.places!.arraySync()).toEqual([[[0], [0]], [[1], [1]]]); // prettier-ignore
});

it("batches that differ in what they have are not stacked", () => {
  const { places: _, ...bare } = batch(4);
  expect(stackedTensors([batch(0), bare], 9)).toBeUndefined();
});
