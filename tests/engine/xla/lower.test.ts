/** XLA computes what ONNX Runtime computes, from the same plans. */
import { afterAll, describe, expect, it } from "vitest";
import { plan } from "../../../lib/engine/graph/plan.ts";
import { leaf, node1 } from "../../../lib/engine/graph/value.ts";
import { rules as onnxRules } from "../../../lib/engine/onnx/lower/index.ts";
import { rules as xlaRules } from "../../../lib/engine/xla/lower/index.ts";
import { lowerToStableHlo } from "../../../lib/engine/xla/lower-plan.ts";
import { Client } from "../../../lib/engine/xla/pjrt/client.ts";
import { Plugin } from "../../../lib/engine/xla/pjrt/plugin.ts";
import { xlaLowering } from "../../../lib/engine/xla/program.ts";
import { firstDifference, TEMPLATES } from "../../../lib/engine/xla/templates.ts";
import { cpuPlugin } from "./plugin.ts";

it("names an operation that it does not lower", () => {
  const unknown = node1("somersault", [leaf(Float32Array.of(1), [1], "float32")], [1], "float32");
  expect(() => lowerToStableHlo(plan([unknown]))).toThrow(
    "an operation that this engine lowers, got somersault",
  );
});

// What only devices have is recorded for them alone.
const OWN = ["flashAttention", "flashAttentionGradient"];

it("lowers every operation that ONNX's side lowers, and its own", () => {
  expect(
    Object.keys(xlaRules)
      .filter((name) => !OWN.includes(name))
      .sort(),
  ).toEqual(Object.keys(onnxRules).sort());
});

describe.skipIf(!cpuPlugin)("XLA on the CPU plugin equals ONNX Runtime", () => {
  const client = cpuPlugin ? new Client(new Plugin(cpuPlugin)) : (undefined as unknown as Client);
  afterAll(() => client?.dispose());

  it.each(Object.entries(TEMPLATES))("%s", (_name, make) => {
    expect(firstDifference(make, xlaLowering(client))).toBeUndefined();
  });
});
