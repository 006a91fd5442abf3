/**
 * Gated linear units: one half of a layer's output, activated, multiplies the other.
 *
 * Paper: Shazeer, "GLU Variants Improve Transformer", arXiv 2002.05202.
 */
import { tf } from "../tf.ts";
import { gelu } from "./gelu.ts";
import { silu } from "./silu.ts";

/** silu(gate) · value, the feed-forward gate of LLaMA. */
export const swiglu = (gate: tf.Tensor, value: tf.Tensor): tf.Tensor => tf.mul(silu(gate), value);

/** gelu(gate) · value, the feed-forward gate of T5 v1.1 and Gemma. */
export const geglu = (gate: tf.Tensor, value: tf.Tensor): tf.Tensor => tf.mul(gelu(gate), value);
