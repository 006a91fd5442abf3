/** The GPU bench counts as the model does. */
import { expect, it } from "vitest";
import { flopsPerStep, parameterCount, peakFlops } from "../../bench/gpu/setting.ts";
import { GPT } from "../../lib/models/index.ts";

it("counts the parameters that the model has", () => {
  const model = new GPT({ vocabSize: 128, contextLength: 16, layers: 2, heads: 2, width: 32 }, { seed: 1 });
  const setting = { vocabulary: 128, layers: 2, heads: 2, width: 32, batch: 4, time: 16, precision: "fp32" } as const; // prettier-ignore
  expect(parameterCount(setting)).toBe(model.parameters.count);
  model.dispose();
});

it("counts GPT-2's 124 M parameters, and knows peaks by the device's name", () => {
  const setting = { vocabulary: 50_304, layers: 12, heads: 12, width: 768, batch: 1, time: 1024, precision: "bf16" } as const; // prettier-ignore
  expect(parameterCount(setting)).toBe(124_475_904);
  expect(flopsPerStep(setting) / 1024).toBeCloseTo(6 * 124_475_904 + 12 * 12 * 768 * 1024, 0);
  expect(peakFlops("NVIDIA H200", "bf16")).toBe(989e12);
  expect(peakFlops("NVIDIA H100 80GB HBM3", "bf16")).toBe(989e12);
  expect(peakFlops("NVIDIA H100 PCIe", "bf16")).toBe(756e12);
  expect(peakFlops("NVIDIA A100-SXM4-40GB", "fp32")).toBe(19.5e12);
  expect(["NVIDIA L4", "NVIDIA L40S", "Tesla T4"].map((name) => peakFlops(name, "bf16"))).toEqual([121e12, 362e12, 65e12]); // prettier-ignore
  expect(peakFlops("a toaster", "bf16")).toBeUndefined();
});
