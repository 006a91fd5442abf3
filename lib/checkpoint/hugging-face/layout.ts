/**
 * How a family's weights are called and turned in Hugging Face's files, as a list of rules read in both directions.
 *
 * Our matrices are `[in, out]`, PyTorch's linear layers `[out, in]`; and where we keep several side by side (queries,
 * keys and values; gate and value), their files keep them apart.
 */
import { fail } from "../../core/errors.ts";
import type { ParameterSpec } from "../../nn/parameter.ts";
import type { ParameterValues } from "../../nn/parameters.ts";
import type { StoredTensor } from "../safetensors.ts";

/** One of our tensors and theirs that it is made of. */
export interface Rule {
  ours: string;
  theirs: readonly string[];
  /** Theirs are `[out, in]`. */
  turned?: boolean;
  /** How many outputs each of theirs has; needed for several. */
  outputs?: readonly number[];
}

export interface NamedTensor {
  shape: readonly number[];
  data: Float32Array;
}

/** Rules for a linear layer with weight and, where there is one, bias. */
export function linearRules(
  ours: string,
  theirs: string | readonly string[],
  { bias = false, outputs }: { bias?: boolean; outputs?: readonly number[] } = {},
): Rule[] {
  const names = typeof theirs === "string" ? [theirs] : theirs;
  const rule = (part: string, turned: boolean): Rule => ({
    ours: `${ours}.${part}`,
    theirs: names.map((name) => `${name}.${part}`),
    turned,
    outputs,
  });
  return [rule("weight", true), ...(bias ? [rule("bias", false)] : [])];
}

/** Rules for tensors that are the same on both sides. */
export function sameRules(ours: string, theirs: string, parts: readonly string[] = ["weight"]): Rule[] {
  return parts.map((part) => ({ ours: `${ours}.${part}`, theirs: [`${theirs}.${part}`] }));
}

/**
 * Our weights from a file's tensors.
 *
 * @param ignored names in the file that the model does not need
 * @throws GradbookError when one is missing, of another size, or unknown
 */
export function readWeights(
  tensors: ReadonlyMap<string, StoredTensor>,
  rules: readonly Rule[],
  where: string,
  ignored: RegExp,
): ParameterValues {
  const used = new Set<string>();
  const values: Record<string, Float32Array> = {};
  for (const { ours, theirs, turned } of rules) {
    const parts = theirs.map((name) => {
      used.add(name);
      return floats(tensors.get(name), name, where);
    });
    values[ours] = beside(parts.map((part) => (turned ? transposed(part) : part)));
  }
  const unknown = [...tensors.keys()].find((name) => !used.has(name) && !ignored.test(name));
  if (unknown !== undefined)
    fail(where, { expected: "only tensors that the model's settings call for", got: unknown });
  return values;
}

/** The tensors of a file from our weights. */
export function writeWeights(
  values: ParameterValues,
  specs: ReadonlyMap<string, ParameterSpec>,
  rules: readonly Rule[],
): Map<string, NamedTensor> {
  const tensors = new Map<string, NamedTensor>();
  for (const { ours, theirs, turned, outputs } of rules) {
    const { shape } = specs.get(ours)!;
    const whole = { shape, data: values[ours] };
    const widths = outputs ?? [shape[shape.length - 1]];
    let from = 0;
    theirs.forEach((name, i) => {
      const part = theirs.length === 1 ? whole : columns(whole, from, widths[i]);
      from += widths[i];
      tensors.set(name, turned ? transposed(part) : part);
    });
  }
  return tensors;
}

function floats(tensor: StoredTensor | undefined, name: string, where: string): NamedTensor {
  if (!tensor) return fail(where, { expected: `a tensor ${name}`, got: "none" });
  const { data, shape } = tensor;
  if (!(data instanceof Float32Array))
    return fail(where, { expected: `${name} as floating-point numbers`, got: data.constructor.name });
  return { shape, data };
}

/** Rows as columns. */
export function transposed({ shape, data }: NamedTensor): NamedTensor {
  const [rows, columns] = shape;
  const turned = new Float32Array(data.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c];
  return { shape: [columns, rows], data: turned };
}

/** Matrices of equal height side by side; vectors one after the other. */
function beside(parts: readonly NamedTensor[]): Float32Array {
  if (parts.length === 1) return parts[0].data;
  const rows = parts[0].shape.length === 1 ? 1 : parts[0].shape[0];
  const widths = parts.map(({ data }) => data.length / rows);
  const width = widths.reduce((sum, w) => sum + w, 0);
  const joined = new Float32Array(rows * width);
  let offset = 0;
  parts.forEach(({ data }, i) => {
    for (let r = 0; r < rows; r++)
      joined.set(data.subarray(r * widths[i], (r + 1) * widths[i]), r * width + offset);
    offset += widths[i];
  });
  return joined;
}

function columns({ shape, data }: NamedTensor, from: number, count: number): NamedTensor {
  const width = shape[shape.length - 1];
  const rows = data.length / width;
  const cut = new Float32Array(rows * count);
  for (let r = 0; r < rows; r++)
    cut.set(data.subarray(r * width + from, r * width + from + count), r * count);
  return { shape: [...shape.slice(0, -1), count], data: cut };
}
