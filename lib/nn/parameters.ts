/**
 * A model's parameters in memory: a few flat buffers, cut into named tensors.
 *
 * One buffer holds what weight decay applies to, one the rest, and others what is not trained. An optimizer then
 * updates two long vectors instead of dozens of short ones, which on a small model saves half of the operations of
 * a training step. Matrices in few bits are kept one by one.
 */
import { fail, nearest } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { packFlat, splitFlat, type Shapes, tf } from "../engine/index.ts";
import { disposeQuantized, quantizedVariable, readQuantized, writeQuantized, type QuantizedVariable } from "./quantized-variable.ts"; // prettier-ignore
import { flattenSpecs, initialValues, mapSpecs, sizeOf } from "./parameter.ts";
import type { ParameterSpec, ParameterTree, TensorsOf } from "./parameter.ts";

/** Parameters that are treated alike by the optimizer, in one `[n]` variable. */
export interface ParameterGroup {
  readonly decay: boolean;
  readonly variable: tf.Variable;
  /** The tensors inside, in order. */
  readonly shapes: Shapes;
  /** Names of those that are tables of vectors. */
  readonly tables: ReadonlySet<string>;
}

/** Values by parameter name. */
export type ParameterValues = Readonly<Record<string, Float32Array>>;

export class Parameters<T extends ParameterTree = ParameterTree> {
  /** The specs by name, in the order of declaration. */
  readonly specs: ReadonlyMap<string, ParameterSpec>;
  /** What is trained. */
  readonly groups: readonly ParameterGroup[];
  /** What stays as it is. */
  readonly frozen: readonly ParameterGroup[];
  /** Number of trainable numbers. */
  readonly count: number;
  /** As it was given: for a model that has the same parameters and more. */
  readonly tree: T;
  /** Matrices in few bits, by name. */
  private readonly quantized: ReadonlyMap<string, QuantizedVariable>;
  private given: Readonly<Record<string, tf.Tensor>> | undefined;

  /**
   * @param start a seed to draw the starting values from, in the order of declaration; or the values themselves; or
   *   both: values for some, the others drawn
   */
  constructor(tree: T, start: { seed: number; values?: ParameterValues } | { values: ParameterValues }) {
    this.tree = tree;
    const specs = flattenSpecs(tree);
    this.specs = new Map(specs);
    const trained = specs.filter(([, spec]) => spec.trainable !== false);
    this.count = trained.reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);
    const drawn = "seed" in start ? draw(specs, start.seed) : {};
    const values = { ...drawn, ...start.values };
    if (start.values) this.check(values);
    const few = specs.filter(([, { quantization }]) => quantization !== undefined);
    const frozen = specs.filter(([, spec]) => spec.trainable === false && !spec.quantization);
    this.groups = [true, false].flatMap((decay) => makeGroup(trained, decay, values));
    this.frozen = [true, false].flatMap((decay) => makeGroup(frozen, decay, values));
    this.quantized = new Map(
      few.map(([name, { shape, quantization }]) => [
        name,
        quantizedVariable(values[name], shape, quantization!),
      ]),
    );
  }

  /** The tensors, as the model's functions take them. Call it inside `compile` or `tf.tidy`. */
  tensors(): TensorsOf<T> {
    const given = this.given;
    if (given) return mapSpecs(this.tree, (name) => given[name]);
    const all = this.all.map(({ variable, shapes }) => splitFlat(variable, shapes));
    const views: Record<string, tf.Tensor> = Object.assign(Object.fromEntries(this.quantized), ...all);
    return mapSpecs(this.tree, (name) => {
      const { scale = 1 } = this.specs.get(name)!;
      return scale === 1 ? views[name] : tf.mul(views[name], scale);
    });
  }

  /**
   * What `work` returns, with `tensors()` answering the given ones (by name, scaled already) instead of views into the
   * buffers: cutting the views costs a pass through all weights, which a program for one token cannot afford.
   */
  instead<R>(given: Readonly<Record<string, tf.Tensor>>, work: () => R): R {
    const before = this.given;
    this.given = given;
    try {
      return work();
    } finally {
      this.given = before;
    }
  }

  /** Bytes that the values take. */
  get bytes(): number {
    const few = [...this.quantized.values()].flatMap(({ quantized: { codes, scales } }) => [codes, scales]);
    return [...this.all.map(({ variable }) => variable), ...few].reduce((sum, { size }) => sum + 4 * size, 0);
  }

  /** Copies of the values by name; of a matrix in few bits, what it was rounded to. */
  read(): ParameterValues {
    const values: Record<string, Float32Array> = {};
    for (const { variable, shapes } of this.all) {
      const flat = variable.dataSync() as Float32Array;
      let offset = 0;
      for (const [name, shape] of Object.entries(shapes))
        values[name] = flat.slice(offset, (offset += sizeOf(shape)));
    }
    for (const [name, variable] of this.quantized) values[name] = readQuantized(variable);
    return Object.fromEntries([...this.specs.keys()].map((name) => [name, values[name]]));
  }

  /**
   * Replaces all values.
   * @throws GradbookError when a name is missing or unknown, or a size differs; nothing is changed then
   */
  write(values: ParameterValues): void {
    this.check(values);
    for (const { variable, shapes } of this.all) {
      const flat = tf.tensor1d(packFlat(values, shapes));
      variable.assign(flat);
      flat.dispose();
    }
    for (const [name, variable] of this.quantized) writeQuantized(variable, values[name]);
  }

  dispose(): void {
    for (const { variable } of this.all) variable.dispose();
    for (const variable of this.quantized.values()) disposeQuantized(variable);
  }

  private get all(): ParameterGroup[] {
    return [...this.groups, ...this.frozen];
  }

  private check(values: ParameterValues): void {
    for (const [name, { shape }] of this.specs) {
      const size = values[name]?.length;
      if (size !== sizeOf(shape))
        fail("parameters", {
          expected: `${sizeOf(shape)} numbers for ${name} [${shape}]`,
          got: size === undefined ? "none" : String(size),
          hint: "the weights belong to a model of another shape",
        });
    }
    const unknown = Object.keys(values).find((name) => !this.specs.has(name));
    if (unknown !== undefined) {
      const near = nearest(unknown, this.specs.keys());
      fail("parameters", {
        expected: "only this model's parameters",
        got: unknown,
        hint: near && `did you mean ${near}?`,
      });
    }
  }
}

/** The buffer of the specs that decay, or of those that do not; none when there are none. */
function makeGroup(
  specs: readonly [string, ParameterSpec][],
  decay: boolean,
  values: ParameterValues,
): ParameterGroup[] {
  const members = specs.filter(([, spec]) => spec.decay === decay);
  if (members.length === 0) return [];
  const shapes = Object.fromEntries(members.map(([name, { shape }]) => [name, shape]));
  const tables = new Set(members.filter(([, spec]) => spec.table).map(([name]) => name));
  const flat = tf.tensor1d(packFlat(values, shapes));
  const variable = tf.variable(flat);
  flat.dispose();
  return [{ decay, variable, shapes, tables }];
}

function draw(specs: readonly [string, ParameterSpec][], seed: number): ParameterValues {
  const generator = random(seed);
  return Object.fromEntries(specs.map(([name, spec]) => [name, initialValues(spec, generator)]));
}
