/**
 * The feed-forward part of a transformer block: wider, an activation, and back. Each token on its own.
 *
 * - gelu, geluExact, relu, squaredRelu: y = f(x·W₁ + b₁)·W₂ + b₂. GELU (arXiv 1606.08415) as GPT-2's tanh form or
 *   exact as in BERT; squared ReLU from Primer (arXiv 2109.08668).
 * - swiglu, geglu: y = (f(x·G) ∘ (x·V))·W₂ (Shazeer, arXiv 2002.05202); G and V lie side by side in W₁.
 */
import { gelu, geglu, squaredRelu, swiglu, tf } from "../engine/index.ts";
import { linear, linearParameters } from "./linear.ts";
import type { TensorsOf } from "./parameter.ts";

export const ACTIVATIONS = ["gelu", "geluExact", "relu", "squaredRelu", "swiglu", "geglu"] as const;

export type Activation = (typeof ACTIVATIONS)[number];

/** Does the activation take a gate and a value? */
export const isGated = (activation: Activation): boolean => ["swiglu", "geglu"].includes(activation);

export interface MlpSettings {
  activation: Activation;
  /** Channels inside. */
  mlpWidth: number;
  bias: boolean;
}

/** @param residualDeviation of the matrix whose result is added to the residual stream */
export function mlpParameters(width: number, settings: MlpSettings, residualDeviation?: number) {
  const { activation, mlpWidth, bias } = settings;
  const inner = isGated(activation) ? 2 * mlpWidth : mlpWidth;
  return {
    c_fc: linearParameters(width, inner, undefined, { bias }),
    c_proj: linearParameters(mlpWidth, width, residualDeviation, { bias }),
  };
}

/** `[batch, time, width]` → the same shape. */
export function mlp(
  p: TensorsOf<ReturnType<typeof mlpParameters>>,
  x: tf.Tensor,
  { activation }: { activation: Activation },
): tf.Tensor {
  return linear(p.c_proj, activate(linear(p.c_fc, x), activation));
}

function activate(x: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case "gelu":
      return gelu(x);
    case "geluExact":
      return gelu(x, { approximate: "none" });
    case "relu":
      return tf.relu(x);
    case "squaredRelu":
      return squaredRelu(x);
    case "swiglu":
    case "geglu": {
      const [gate, value] = tf.split(x, 2, -1);
      return activation === "swiglu" ? swiglu(gate, value) : geglu(gate, value);
    }
  }
}
