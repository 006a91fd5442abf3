/** The activations that tfjs's fused kernels apply to their result. */
import * as e from "../../graph/elementwise.ts";
import type { Value } from "../../graph/value.ts";
import type { Attrs } from "../register.ts";
import { elementwiseRecorders } from "./elementwise.ts";

const KERNEL: Record<string, string> = {
  relu: "Relu",
  elu: "Elu",
  relu6: "Relu6",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
};

/** Apply `attrs.activation` ("linear" or none is the identity). */
export function activate(x: Value, { activation, leakyreluAlpha }: Attrs, slope?: Value): Value {
  if (!activation || activation === "linear") return x;
  const record = elementwiseRecorders[KERNEL[activation]];
  return record({ x, alpha: slope ?? e.scalar(0) }, { alpha: leakyreluAlpha }) as Value;
}
