/**
 * LoRA (Hu et al., arXiv 2106.09685): the model stays as it is, and beside chosen matrices W `[in, out]` two thin ones
 * are trained: y = x·W + (α/r)·(x·A)·B, A `[in, r]`, B `[r, out]`. B starts at zero, so training starts from the model.
 *
 * rsLoRA (Kalajdzievski, arXiv 2312.03732) scales by α/√r, which keeps large ranks useful. DoRA (Liu et al., arXiv 2402.09353) trains the
 * length of each column of W + (α/r)·A·B as a number of its own. QLoRA (Dettmers et al., arXiv 2305.14314) keeps the model's matrices in few bits.
 */
import { fail } from "../core/errors.ts";
import type { Quantization } from "../engine/index.ts";
import { flattenSpecs, isSpec, normal, ones, type ParameterSpec, type ParameterTree } from "./parameter.ts";
import type { Parameters, ParameterValues } from "./parameters.ts";

export interface LoraSettings {
  /** r. */
  rank: number;
  /** α. */
  alpha: number;
  /** Scale by α/√r instead of α/r. */
  rankStabilized: boolean;
  /** DoRA. */
  dora: boolean;
  /** QLoRA: in what all matrices of linear layers are kept, adapted or not. */
  quantization: Quantization | "none";
  /** Last parts of the names of the matrices that are adapted. */
  targets: readonly string[];
}

export const loraScale = ({
  rank,
  alpha,
  rankStabilized,
}: Pick<LoraSettings, "rank" | "alpha" | "rankStabilized">): number =>
  alpha / (rankStabilized ? Math.sqrt(rank) : rank);

/**
 * The tree with everything frozen and thin matrices beside the targets.
 *
 * @throws GradbookError when no part of the model is called as a target
 * @example new GPT(config, { weights, seed: 1, adapt: (tree) => addLora(tree, settings) })
 */
export function addLora<T extends ParameterTree>(tree: T, settings: LoraSettings): T {
  const { rank, targets, dora, quantization } = settings;
  const found = new Set<string>();
  const frozen = (spec: ParameterSpec): ParameterSpec => ({ ...spec, trainable: false });
  const few = quantization === "none" ? {} : { quantization };
  const adapt = (node: unknown, key: string): unknown => {
    if (node === undefined) return undefined;
    if (isSpec(node)) return frozen(node);
    if (Array.isArray(node)) return node.map((child: unknown) => adapt(child, key));
    const parts = Object.fromEntries(
      Object.entries(node as object).map(([name, child]) => [name, adapt(child, name)]),
    );
    const { weight } = node as { weight?: ParameterSpec };
    if (weight?.shape?.length !== 2) return parts;
    // The matrices of blocks; tables and heads keep all their bits (QLoRA's authors).
    const kept = key.startsWith("c_") ? { ...parts, weight: { ...frozen(weight), ...few } } : parts;
    if (!targets.includes(key)) return kept;
    found.add(key);
    const [inputs, outputs] = weight.shape;
    const lora_A = { ...normal([inputs, rank], 1 / Math.sqrt(inputs)), scale: loraScale(settings) };
    const lora_B = { ...normal([rank, outputs], 0), init: { constant: 0 } };
    return { ...kept, lora_A, lora_B, ...(dora && { lora_magnitude: ones([outputs]) }) };
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

const [A, B, MAGNITUDE, WEIGHT] = [".lora_A", ".lora_B", ".lora_magnitude", ".weight"];
const ADAPTER = [A, B, MAGNITUDE];

/** The thin matrices and magnitudes alone: what an adapter is on disk. */
export function loraValues(values: ParameterValues): ParameterValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isLora(name)));
}

const isLora = (name: string): boolean => ADAPTER.some((part) => name.endsWith(part));

/**
 * DoRA begins with the lengths of the model's columns, so that it begins where the model is.
 *
 * @param given names of values that the caller gave the model, which stay
 */
export function startMagnitudes(parameters: Parameters, given: ParameterValues): void {
  const { specs } = parameters;
  const fresh = [...specs.keys()].filter((name) => name.endsWith(MAGNITUDE) && !(name in given));
  if (fresh.length === 0) return;
  const values = parameters.read();
  const lengths = fresh.map((name): [string, Float32Array] => {
    const weight = name.slice(0, -MAGNITUDE.length) + WEIGHT;
    return [name, columnLengths(values[weight], specs.get(weight)!.shape[1])];
  });
  parameters.write({ ...values, ...Object.fromEntries(lengths) });
}

/** Weights of a plain model that computes the same: W + scale·A·B, with DoRA of the trained lengths, in the place of each adapted W. */
export function mergeLora(parameters: Pick<Parameters, "specs" | "read">): ParameterValues {
  const { specs } = parameters;
  const values = parameters.read();
  const merged: Record<string, Float32Array> = {};
  for (const [name, data] of Object.entries(values)) {
    if (isLora(name)) continue;
    const base = name.slice(0, -WEIGHT.length);
    const a = name.endsWith(WEIGHT) ? specs.get(base + A) : undefined;
    merged[name] = data;
    if (!a) continue;
    const sum = added(data, values[base + A], values[base + B], { rank: a.shape[1], scale: a.scale ?? 1 });
    const magnitude = values[base + MAGNITUDE];
    merged[name] = magnitude ? withLengths(sum, magnitude) : sum;
  }
  return merged;
}

/** weight `[in, out]` + scale · a `[in, r]` · b `[r, out]`. */
function added(
  weight: Float32Array,
  a: Float32Array,
  b: Float32Array,
  { rank, scale }: { rank: number; scale: number },
): Float32Array {
  const [inputs, outputs] = [a.length / rank, b.length / rank];
  const sum = weight.slice();
  for (let i = 0; i < inputs; i++)
    for (let k = 0; k < rank; k++) {
      const factor = scale * a[i * rank + k];
      for (let j = 0; j < outputs; j++) sum[i * outputs + j] += factor * b[k * outputs + j];
    }
  return sum;
}

/** The length of each column of a matrix `[in, columns]`. */
export function columnLengths(weight: Float32Array, columns: number): Float32Array {
  const sums = new Float64Array(columns);
  weight.forEach((value, i) => (sums[i % columns] += value * value));
  return Float32Array.from(sums, Math.sqrt);
}

function withLengths(weight: Float32Array, lengths: Float32Array): Float32Array {
  const now = columnLengths(weight, lengths.length);
  return weight.map((value, i) => (value * lengths[i % lengths.length]) / now[i % lengths.length]);
}
