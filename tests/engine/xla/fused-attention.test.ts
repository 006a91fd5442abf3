/** Attention as one operation: the same numbers and gradients as composed, and no probabilities kept. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attention, selfAttention, setRandomState, tf, useEngine } from "../../../lib/engine/index.ts";
import { fusesAttention } from "../../../lib/engine/lowering.ts";
import { flashAttention, flashAttentionGradient } from "../../../lib/engine/graph/attention.ts";
import { plan } from "../../../lib/engine/graph/plan.ts";
import { leaf, type Value } from "../../../lib/engine/graph/value.ts";
import { lowerToStableHlo } from "../../../lib/engine/xla/lower-plan.ts";
import { cpuPlugin, onXla } from "./plugin.ts";

const numbers = (...shape: number[]): tf.Tensor => tf.sin(tf.range(1, 1 + tf.util.sizeFromShape(shape)).mul(7)).reshape(shape); // prettier-ignore

/** Result and gradients of q, k, v. */
function withGradients(run: (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.Tensor): number[][] {
  const inputs = [numbers(2, 3, 6, 8), numbers(2, 3, 6, 8).add(0.1), numbers(2, 3, 6, 8).sub(0.2)];
  const weights = tf.cos(tf.range(0, 288)).reshape([2, 3, 6, 8]);
  const loss = (...parts: tf.Tensor[]): tf.Scalar => run(parts[0], parts[1], parts[2]).mul(weights).sum();
  const { grads, value } = tf.valueAndGrads(loss)(inputs);
  return [value, ...grads].map((x) => [...x.dataSync()]);
}

const apart = (a: number[], b: number[]): number => Math.max(...a.map((x, i) => Math.abs(x - b[i])));

it("is an option of XLA's, fused or composed", () => {
  expect(() => useEngine("xla", { attention: "flash" as "fused" })).toThrow("expected attention fused or composed, got flash"); // prettier-ignore
});

describe.skipIf(!cpuPlugin)("fused attention", () => {
  onXla(beforeAll, afterAll);

  const both = (run: Parameters<typeof withGradients>[0]): number[][][] =>
    (["composed", "fused"] as const).map((kind) => {
      useEngine("xla", { attention: kind });
      expect(fusesAttention()).toBe(kind === "fused");
      return withGradients(run);
    });

  it.each([true, false])("gives the composed one's result and gradients, causal: %s", (causal) => {
    const [composed, fused] = both((q, k, v) => attention(q, k, v, { causal }));
    for (const [i, expected] of composed.entries()) expect(apart(fused[i], expected)).toBeLessThan(1e-5);
  });

  it("gives the same from packed queries, keys and values", () => {
    const packed = (...parts: tf.Tensor[]): tf.Tensor => {
      const rows = tf.concat(parts, 1).transpose([0, 2, 1, 3]).reshape([2, 6, 72]);
      const mixed = selfAttention(rows, { heads: 3, causal: true });
      return mixed.reshape([2, 6, 3, 8]).transpose([0, 2, 1, 3]);
    };
    const [composed, fused] = both(packed);
    for (const [i, expected] of composed.entries()) expect(apart(fused[i], expected)).toBeLessThan(1e-5);
    expect(Math.max(...composed[1].map(Math.abs))).toBeGreaterThan(0.01);
  });

  it("is left to the composed one where a query sees less than all before it, and with dropout", () => {
    useEngine("xla", { attention: "fused" });
    const [q, k] = [numbers(1, 2, 4, 8), numbers(1, 2, 6, 8)];
    const further = attention(q, k, k, { causal: true });
    useEngine("xla", { attention: "composed" });
    const expected = attention(q, k, k, { causal: true });
    expect(apart([...further.dataSync()], [...expected.dataSync()])).toBeLessThan(1e-5);
    const [composed, fused] = both((a, b, c) => {
      setRandomState(1);
      return attention(a, b, c, { dropout: 0.5 });
    });
    expect(fused).toEqual(composed);
  });
});

it("is two calls of cuDNN's where that is there", () => {
  const value = (): Value => leaf(new Float32Array(2 * 4 * 3 * 8), [2, 4, 3, 8], "float32");
  const [q, k, v, dy] = [value(), value(), value(), value()];
  const settings = { causal: true, scale: 0.5 };
  const forward = flashAttention(q, k, v, settings);
  const planned = plan(flashAttentionGradient(dy, { q, k, v, ...forward }, settings));
  const text = lowerToStableHlo(planned, { precision: "bf16", hasCudnn: true });
  expect(text.match(/call_target_name = "[^"]+"/g)).toEqual(['call_target_name = "__cudnn$fmhaSoftmax"', 'call_target_name = "__cudnn$fmhaSoftmaxBackward"']); // prettier-ignore
  expect(text).toContain("tensor<2x3x4xf32>, tensor<0xui8>)");
  expect(text).toContain(String.raw`\22mask_type\22:\22CAUSAL\22`);
  expect(text).not.toContain("dot_general");
});
