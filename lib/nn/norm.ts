/**
 * Normalization: every token's channels are brought to one scale, then a learned gain (and bias).
 *
 * - layer: (x − mean) / √(variance + ε) · gain + bias (Ba et al., arXiv 1607.06450); GPT-2, BERT
 * - rms: x / √(mean(x²) + ε) · gain (Zhang & Sennrich, arXiv 1910.07467); LLaMA, T5
 */
import { layerNorm, rmsNorm, type tf } from "../engine/index.ts";
import { ones, zeros, type ParameterSpec, type TensorsOf } from "./parameter.ts";

export const NORMS = ["layer", "rms"] as const;

export interface NormSettings {
  norm: (typeof NORMS)[number];
  /** ε. */
  normEpsilon: number;
}

export interface NormParameters {
  /** The gain: the name checkpoints use. */
  readonly weight: ParameterSpec;
  readonly bias: ParameterSpec | undefined;
  readonly [name: string]: ParameterSpec | undefined;
}

/** @param bias for layer norm only */
export function normParameters(
  width: number,
  { norm, bias = true }: { norm: NormSettings["norm"]; bias?: boolean },
): NormParameters {
  return { weight: ones([width]), bias: norm === "layer" && bias ? zeros([width]) : undefined };
}

/** @param x `[…, width]` @returns the same shape */
export function norm(
  p: TensorsOf<NormParameters>,
  x: tf.Tensor,
  { norm: kind, normEpsilon: epsilon }: NormSettings,
): tf.Tensor {
  return kind === "layer" ? layerNorm(x, p.weight, p.bias, { epsilon }) : rmsNorm(x, p.weight, { epsilon });
}
