/**
 * LoRA (Hu et al., arXiv 2106.09685): the model stays as it is, and beside chosen matrices W `[in, out]` two thin ones
 * are trained: y = x·W + (α/r)·(x·A)·B, A `[in, r]`, B `[r, out]`. B starts at zero, so training starts from the model.
 *
 * rsLoRA (Kalajdzievski, arXiv 2312.03732) scales by α/√r, which keeps large ranks useful.
 */
import { fail } from "../core/errors.ts";
import { flattenSpecs, isSpec, normal, type ParameterSpec, type ParameterTree } from "./parameter.ts";
import type { ParameterValues } from "./parameters.ts";

export interface LoraSettings {
  /** r. */
  rank: number;
  /** α. */
  alpha: number;
  /** Scale by α/√r instead of α/r. */
  rankStabilized: boolean;
  /** Last parts of the names of the matrices that are adapted. */
  targets: readonly string[];
}

export const loraScale = ({ rank, alpha, rankStabilized }: Omit<LoraSettings, "targets">): number =>
  alpha / (rankStabilized ? Math.sqrt(rank) : rank);

/**
 * The tree with everything frozen and thin matrices beside the targets.
 *
 * @throws GradbookError when no part of the model is called as a target
 * @example new GPT(config, { weights, seed: 1, adapt: (tree) => addLora(tree, settings) })
 */
export function addLora<T extends ParameterTree>(tree: T, settings: LoraSettings): T {
  const { rank, targets } = settings;
  const found = new Set<string>();
  const frozen = (spec: ParameterSpec): ParameterSpec => ({ ...spec, trainable: false });
  const adapt = (node: unknown, key: string): unknown => {
    if (node === undefined) return undefined;
    if (isSpec(node)) return frozen(node);
    if (Array.isArray(node)) return node.map((child: unknown) => adapt(child, key));
    const parts = Object.fromEntries(
      Object.entries(node as object).map(([name, child]) => [name, adapt(child, name)]),
    );
    const { weight } = node as { weight?: ParameterSpec };
    if (!targets.includes(key) || weight?.shape?.length !== 2) return parts;
    found.add(key);
    const [inputs, outputs] = weight.shape;
    const lora_A = { ...normal([inputs, rank], 1 / Math.sqrt(inputs)), scale: loraScale(settings) };
    return { ...parts, lora_A, lora_B: { ...normal([rank, outputs], 0), init: { constant: 0 } } };
  };
  const adapted = adapt(tree, "") as T;
  const missing = targets.find((target) => !found.has(target));
  if (missing !== undefined || targets.length === 0) {
    const linear = flattenSpecs(tree).filter(
      ([name, { shape, table }]) => name.endsWith(".weight") && shape.length === 2 && !table,
    );
    const names = new Set(linear.map(([name]) => name.split(".").at(-2)));
    fail("lora", { expected: `targets among ${[...names].join(", ")}`, got: missing ?? "none" });
  }
  return adapted;
}

const [A, B, WEIGHT] = [".lora_A", ".lora_B", ".weight"];

/** The thin matrices alone: what an adapter is on disk. */
export function loraValues(values: ParameterValues): ParameterValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name.endsWith(A) || name.endsWith(B)));
}

/** Weights of a plain model that computes the same: W + scale·A·B in the place of each adapted W. */
export function mergeLora(values: ParameterValues, scale: number): ParameterValues {
  const merged: Record<string, Float32Array> = {};
  for (const [name, data] of Object.entries(values)) {
    if (name.endsWith(A) || name.endsWith(B)) continue;
    const base = name.slice(0, -WEIGHT.length);
    const [a, b] = name.endsWith(WEIGHT) ? [values[base + A], values[base + B]] : [];
    merged[name] = a && b ? added(data, a, b, scale) : data;
  }
  return merged;
}

/** weight `[in, out]`, a `[in, r]`, b `[r, out]`; in + out, r and the sizes determine each other. */
function added(weight: Float32Array, a: Float32Array, b: Float32Array, scale: number): Float32Array {
  // in·out, in·r, r·out → r² = (in·r)·(r·out)/(in·out).
  const rank = Math.round(Math.sqrt((a.length * b.length) / weight.length));
  const [inputs, outputs] = [a.length / rank, b.length / rank];
  const sum = weight.slice();
  for (let i = 0; i < inputs; i++)
    for (let k = 0; k < rank; k++) {
      const factor = scale * a[i * rank + k];
      for (let j = 0; j < outputs; j++) sum[i * outputs + j] += factor * b[k * outputs + j];
    }
  return sum;
}
