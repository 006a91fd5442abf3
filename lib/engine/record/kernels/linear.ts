/** tfjs's matrix products as graph nodes. */
import * as e from "../../graph/elementwise.ts";
import { einsum, matmul } from "../../graph/linear.ts";
import type { Value } from "../../graph/value.ts";
import { tf } from "../../tf.ts";
import { activate } from "./activation.ts";
import type { Recorder } from "../register.ts";

/** Bools multiply as 0 and 1. */
function product(a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  const numeric = (x: Value): Value => (x.dtype === "bool" ? e.cast(x, "int32") : x);
  return matmul(numeric(a), numeric(b), { transposeA, transposeB });
}

export const linearRecorders: Record<string, Recorder> = {
  BatchMatMul: ({ a, b }, { transposeA, transposeB }) => product(a, b, transposeA, transposeB),
  _FusedMatMul: ({ a, b, bias, preluActivationWeights }, attrs) => {
    const result = product(a, b, attrs.transposeA, attrs.transposeB);
    return activate(bias ? e.add(result, bias) : result, attrs, preluActivationWeights);
  },
  Einsum: (inputs, { equation }) => {
    const operands = Object.values(inputs);
    const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, operands.length);
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, operands as unknown as tf.Tensor[]);
    return einsum(equation, operands);
  },
};
