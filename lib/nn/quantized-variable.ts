/** A frozen matrix that is held in few bits (engine's `quantized`): where its tensor is asked for, its codes stand for it. */
import { dequantize, quantized, tf, type Quantization, type QuantizedMatrix } from "../engine/index.ts";

/** The codes of a matrix, with what they mean. */
export type QuantizedVariable = tf.Variable & { readonly quantized: QuantizedMatrix };

export function quantizedVariable(
  data: Float32Array,
  shape: readonly number[],
  kind: Quantization,
): QuantizedVariable {
  const found = quantized(data, kind);
  const [codes, scales] = tf.tidy(() => [
    tf.variable(tf.tensor1d(found.codes, "int32"), false),
    tf.variable(tf.tensor1d(found.scales), false),
  ]);
  return Object.assign(codes, { quantized: { codes, scales, kind, shape } });
}

/** What the tensor stands for, if it is the codes of a matrix. */
export const quantizedOf = (tensor: tf.Tensor): QuantizedMatrix | undefined =>
  (tensor as Partial<QuantizedVariable>).quantized;

/** A parameter as float32. */
export function plainTensor(tensor: tf.Tensor): tf.Tensor {
  const matrix = quantizedOf(tensor);
  return matrix ? dequantize(matrix) : tensor;
}

/** The numbers that the matrix stands for. */
export function readQuantized({ quantized: matrix }: QuantizedVariable): Float32Array {
  return tf.tidy(() => dequantize(matrix).dataSync().slice()) as Float32Array;
}

export function writeQuantized({ quantized: matrix }: QuantizedVariable, data: Float32Array): void {
  const found = quantized(data, matrix.kind);
  tf.tidy(() => {
    (matrix.codes as tf.Variable).assign(tf.tensor1d(found.codes, "int32"));
    (matrix.scales as tf.Variable).assign(tf.tensor1d(found.scales));
  });
}

export function disposeQuantized({ quantized: { codes, scales } }: QuantizedVariable): void {
  codes.dispose();
  scales.dispose();
}
