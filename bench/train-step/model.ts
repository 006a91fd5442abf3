/**
 * A GPT training step written on the engine's operations alone: what the engine can do, without the library.
 *
 * `B` batch, `T` time, `C` width, `V` vocabulary. Pre-norm blocks, tied embeddings, AdamW, clipping at norm 1.
 */
import {
  adamwUpdate,
  compile,
  crossEntropy,
  embedding,
  flatLength,
  gelu,
  globalNorm,
  layerNorm,
  linear,
  packFlat,
  selfAttention,
  splitFlat,
  tf,
} from "../../lib/engine/index.ts";
import { random } from "../../lib/core/random.ts";
import type { Size } from "./sizes.ts";

type Shapes = Record<string, number[]>;

function shapesOf({ vocabulary, time, layers, width }: Size): Shapes {
  const shapes: Shapes = { tokens: [vocabulary, width], positions: [time, width] };
  for (let i = 0; i < layers; i++)
    Object.assign(shapes, {
      [`${i}.norm1.gain`]: [width],
      [`${i}.norm1.bias`]: [width],
      [`${i}.qkv`]: [width, 3 * width],
      [`${i}.qkv.bias`]: [3 * width],
      [`${i}.projection`]: [width, width],
      [`${i}.projection.bias`]: [width],
      [`${i}.norm2.gain`]: [width],
      [`${i}.norm2.bias`]: [width],
      [`${i}.up`]: [width, 4 * width],
      [`${i}.up.bias`]: [4 * width],
      [`${i}.down`]: [4 * width, width],
      [`${i}.down.bias`]: [width],
    });
  return { ...shapes, "norm.gain": [width], "norm.bias": [width] };
}

function initial(shapes: Shapes, seed: number): Float32Array {
  const generator = random(seed);
  const arrays = Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const value = name.endsWith("gain")
      ? () => 1
      : name.endsWith("bias")
        ? () => 0
        : () => 0.02 * generator.normal();
    return [name, Float32Array.from({ length: size }, value)] as const;
  });
  return packFlat(Object.fromEntries(arrays), shapes);
}

function loss(
  flat: tf.Tensor,
  x: tf.Tensor,
  y: tf.Tensor,
  shapes: Shapes,
  { layers, heads }: Size,
): tf.Scalar {
  const p = splitFlat(flat, shapes);
  let h: tf.Tensor = tf.add(embedding(p.tokens, x), p.positions);
  for (let i = 0; i < layers; i++) {
    const of = (name: string): tf.Tensor => p[`${i}.${name}`];
    const qkv = linear(layerNorm(h, of("norm1.gain"), of("norm1.bias")), of("qkv"), of("qkv.bias"));
    h = tf.add(
      h,
      linear(selfAttention(qkv, { heads, causal: true }), of("projection"), of("projection.bias")),
    );
    const up = linear(layerNorm(h, of("norm2.gain"), of("norm2.bias")), of("up"), of("up.bias"));
    h = tf.add(h, linear(gelu(up), of("down"), of("down.bias")));
  }
  const logits = linear(layerNorm(h, p["norm.gain"], p["norm.bias"]), p.tokens, undefined, {
    transposed: true,
  });
  return crossEntropy(logits, y);
}

/** A function that runs one training step on a fixed random batch and returns its loss. */
export function trainStep(size: Size): () => number {
  const shapes = shapesOf(size);
  const length = flatLength(shapes);
  const flat = tf.variable(tf.tensor1d(initial(shapes, 1)), true, "parameters");
  const firstMoment = tf.variable(tf.zeros([length]), false);
  const secondMoment = tf.variable(tf.zeros([length]), false);
  const count = tf.variable(tf.scalar(0), false);
  const step = compile(
    (x: tf.Tensor, y: tf.Tensor, learningRate: tf.Tensor) => {
      const { value, grads } = tf.variableGrads(() => loss(flat, x, y, shapes, size), [flat]);
      const gradient = grads[flat.name];
      count.assign(tf.add(count, 1));
      const gradientScale = globalNorm([gradient], 1).factor;
      adamwUpdate({
        parameters: flat,
        firstMoment,
        secondMoment,
        gradient,
        learningRate,
        step: count,
        gradientScale,
      });
      return value;
    },
    { name: "trainStep" },
  );

  const generator = random(2);
  const tokens = (): tf.Tensor => {
    const ids = Int32Array.from({ length: size.batch * size.time }, () => generator.integer(size.vocabulary));
    return tf.tensor(ids, [size.batch, size.time], "int32");
  };
  const [x, y, learningRate] = [tokens(), tokens(), tf.scalar(1e-3)];
  return () => {
    const value = step(x, y, learningRate);
    const [number] = value.dataSync();
    value.dispose();
    return number;
  };
}
