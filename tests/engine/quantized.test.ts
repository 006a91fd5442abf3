import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  compile,
  dequantize,
  quantized,
  quantizedLinear,
  tf,
  type Quantization,
} from "../../lib/engine/index.ts";
import { NF4_VALUES } from "../../lib/engine/ops/quantized.ts";
import { random } from "../../lib/core/random.ts";

const KINDS: Quantization[] = ["int8", "nf4"];
const [INPUTS, OUTPUTS] = [10, 13];

function normal(size: number, seed: number): Float32Array {
  const generator = random(seed);
  return Float32Array.from({ length: size }, () => generator.normal());
}

function matrix(data: Float32Array, kind: Quantization, shape = [INPUTS, OUTPUTS]) {
  const { codes, scales } = quantized(data, kind);
  return { codes: tf.tensor1d(codes, "int32"), scales: tf.tensor1d(scales), kind, shape };
}

/** The definition, one number at a time. */
function rounded(data: Float32Array, kind: Quantization): number[] {
  return [...data].map((value, i) => {
    const block = data.subarray(64 * Math.floor(i / 64), 64 * Math.floor(i / 64) + 64);
    const scale = block.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    if (scale === 0) return 0;
    if (kind === "int8") return (Math.round((127 * value) / scale) / 127) * scale;
    const nearest = NF4_VALUES.reduce((best, x) => (Math.abs(x - value / scale) < Math.abs(best - value / scale) ? x : best)); // prettier-ignore
    return nearest * scale;
  });
}

it("NF4 has the quantiles of the normal distribution that its authors describe", () => {
  const file = join(import.meta.dirname, "golden/nf4.json");
  const golden = JSON.parse(readFileSync(file, "utf8")) as number[];
  expect(golden).toHaveLength(16);
  expect(NF4_VALUES).toHaveLength(16);
  // The authors computed in 32 bits.
  golden.forEach((value, i) => expect(Math.abs(NF4_VALUES[i] - value), `value ${i}`).toBeLessThan(2e-7));
});

describe.each(KINDS)("a matrix in %s", (kind) => {
  const data = normal(INPUTS * OUTPUTS, 1);

  it("is each number rounded by its definition, a last block that is not full included", () => {
    const found = tf.tidy(() => dequantize(matrix(data, kind)).dataSync());
    rounded(data, kind).forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
  });

  it("takes a quarter or an eighth of the memory, and one number more for each 64", () => {
    const { codes, scales } = quantized(normal(6400, 2), kind);
    expect(codes.byteLength).toBe(kind === "int8" ? 6400 : 3200);
    expect(scales.byteLength).toBe(400);
  });

  it("rounded again stays the same to the bit", () => {
    const once = tf.tidy(() => dequantize(matrix(data, kind)).dataSync().slice()) as Float32Array;
    const twice = tf.tidy(() => dequantize(matrix(once, kind)).dataSync());
    expect(twice).toEqual(once);
  });

  it("multiplies as the matrix that it stands for, and so does its gradient", () => {
    const w = matrix(data, kind);
    const x = tf.tensor3d(normal(2 * 3 * INPUTS, 3), [2, 3, INPUTS]);
    const dy = tf.tensor3d(normal(2 * 3 * OUTPUTS, 4), [2, 3, OUTPUTS]);
    const plain = dequantize(w);
    const wanted = tf.valueAndGrad((a: tf.Tensor) => tf.sum(tf.mul(tf.matMul(a.reshape([6, INPUTS]), plain).reshape([2, 3, OUTPUTS]), dy)) as tf.Scalar)(x); // prettier-ignore
    const program = compile((a: tf.Tensor) => {
      const { value, grad } = tf.valueAndGrad((b: tf.Tensor) => tf.sum(tf.mul(quantizedLinear(b, w), dy)) as tf.Scalar)(a); // prettier-ignore
      return { value, grad };
    });
    const found = program(x);
    expect(found.value.dataSync()[0]).toBeCloseTo(wanted.value.dataSync()[0], 4);
    const [a, b] = [found.grad.dataSync(), wanted.grad.dataSync()];
    a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 5));
    program.dispose();
  });
});

it("blocks of zeros stay zeros, and numbers that are none are refused", () => {
  for (const kind of KINDS) {
    const found = tf.tidy(() => dequantize(matrix(new Float32Array(130), kind)).dataSync());
    expect([...found].every((value) => value === 0)).toBe(true);
    expect(() => quantized(Float32Array.of(1, NaN), kind)).toThrow("expected finite weights");
  }
});
