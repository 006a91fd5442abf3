/**
 * What a model's parameters are called, how large they are and how they begin: a tree that mirrors the model.
 *
 * A module declares its parameters as a plain object of specs (`linearParameters(in, out)`), a model nests those
 * of its modules, and the same tree filled with tensors is what the module's function takes. Names come from the
 * path: `{ h: [{ ln_1: { weight } }] }` is `h.0.ln_1.weight`, as in the state dictionaries of PyTorch.
 */
import type { Random } from "../core/random.ts";
import type { Quantization, tf } from "../engine/index.ts";

/** One parameter tensor before it exists. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  /** The starting values: drawn from a normal distribution around 0, or all the same. */
  readonly init: { readonly normal: number } | { readonly constant: number };
  /** Whether weight decay pulls it towards zero: matrices yes, biases and gains no (GPT-2, GPT-3). */
  readonly decay: boolean;
  /** A table of vectors, one for each token or position: optimizers for matrices leave it to AdamW. */
  readonly table?: boolean;
  /** False: it stays as it is while the rest is trained. True by default. */
  readonly trainable?: boolean;
  /** What the model sees is the value times this; 1 by default. */
  readonly scale?: number;
  /** Kept in few bits, rounded; for a matrix of a linear layer that is not trained. */
  readonly quantization?: Quantization;
}

/** Specs, nested as the model is. */
export interface ParameterTree {
  /** Undefined: the model has no such part. */
  readonly [name: string]: ParameterSpec | ParameterTree | readonly ParameterTree[] | undefined;
}

/** The same tree with a tensor in the place of every spec. */
export type TensorsOf<T> = T extends undefined
  ? undefined
  : T extends ParameterSpec
    ? tf.Tensor
    : { readonly [K in keyof T]: TensorsOf<T[K]> };

/** A matrix or table drawn from a normal distribution with standard deviation `deviation`; it decays. */
export function normal(shape: readonly number[], deviation: number): ParameterSpec {
  return { shape, init: { normal: deviation }, decay: true };
}

/** Biases: zeros, no decay. */
export function zeros(shape: readonly number[]): ParameterSpec {
  return { shape, init: { constant: 0 }, decay: false };
}

/** Gains: ones, no decay. */
export function ones(shape: readonly number[]): ParameterSpec {
  return { shape, init: { constant: 1 }, decay: false };
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** The specs by name, in the order of declaration. */
export function flattenSpecs(tree: ParameterTree, prefix = ""): [name: string, spec: ParameterSpec][] {
  return Object.entries(tree).flatMap(([key, node]): [string, ParameterSpec][] => {
    const name = prefix + key;
    if (node === undefined) return [];
    if (isSpec(node)) return [[name, node]];
    if (!Array.isArray(node)) return flattenSpecs(node as ParameterTree, `${name}.`);
    return node.flatMap((child: ParameterTree, index) => flattenSpecs(child, `${name}.${index}.`));
  });
}

/** The tree with `tensorOf(name)` in the place of every spec. */
export function mapSpecs<T extends ParameterTree>(
  tree: T,
  tensorOf: (name: string) => tf.Tensor,
): TensorsOf<T> {
  const fill = (node: unknown, name: string): unknown => {
    if (node === undefined) return undefined;
    if (isSpec(node)) return tensorOf(name);
    const children = Object.entries(node as object).map(([key, child]) => [
      key,
      fill(child, name === "" ? key : `${name}.${key}`),
    ]);
    return Array.isArray(node) ? children.map(([, child]) => child) : Object.fromEntries(children);
  };
  return fill(tree, "") as TensorsOf<T>;
}

/** The tensors of a tree by name. */
export function flattenTensors(tree: unknown, prefix = ""): [name: string, tensor: tf.Tensor][] {
  if (tree === undefined) return [];
  if (typeof (tree as tf.Tensor).dataSync === "function") return [[prefix, tree as tf.Tensor]];
  return Object.entries(tree as object).flatMap(([key, child]) =>
    flattenTensors(child, prefix === "" ? key : `${prefix}.${key}`),
  );
}

/** The starting values of one parameter. Normal ones advance the generator. */
export function initialValues({ shape, init }: ParameterSpec, generator: Random): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if ("constant" in init) return values.fill(init.constant);
  for (let i = 0; i < values.length; i++) values[i] = init.normal * generator.normal();
  return values;
}

/** Is the node a parameter, not a part with parameters? */
export function isSpec(node: unknown): node is ParameterSpec {
  const spec = node as Partial<ParameterSpec>;
  return Array.isArray(spec.shape) && spec.init !== undefined;
}
