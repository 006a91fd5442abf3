/**
 * The tfjs backend "graph": it stores graph values instead of numbers and computes when somebody looks.
 *
 * tfjs asks a backend to hold data under opaque ids and to run kernels; ours (`kernels/`) record nodes. Reading
 * a value runs everything that leads to it, together with whatever else is waiting and still wanted, so that
 * no work is done twice. While `compile` traces, reading what depends on the function's arguments is an error.
 */
import { fail, GradbookError } from "../../core/errors.ts";
import { evaluate } from "../evaluate.ts";
import {
  allocate,
  constant,
  isResident,
  leaf,
  numbersOf,
  sizeOf,
  type Data,
  type Dtype,
  type Value,
} from "../graph/value.ts";
import { singleton } from "../singleton.ts";
import { tf } from "../tf.ts";

export const BACKEND_NAME = "graph";

/** What is stored under a data id: a graph value, or what only the fallback kernels understand. */
export interface Entry {
  value?: Value;
  /** Encoded strings of a string tensor. */
  strings?: Uint8Array[];
  /** The two halves of a complex64 tensor. */
  complex?: { real: tf.TensorInfo; imag: tf.TensorInfo };
  dtype: tf.DataType;
  references: number;
  /** Counts up with each value that was stored pending. */
  order?: number;
}

/** A function being traced, as far as the backend has to know. */
export interface Trace {
  readonly name: string;
  /** Fed with another number at each run, when the function draws random numbers. */
  readonly seed: Value;
  /** Random streams drawn so far. */
  streams: number;
}

/** Values that were recorded but not computed before everything is computed, so that graphs stay finite. */
const PENDING_LIMIT = 2_000;

export class GraphBackend extends tf.KernelBackend {
  readonly #entries = new Map<tf.DataId, Entry>();
  #pending = 0;
  #stored = 0;
  #lastAssignment = 0;
  /** The function being traced, if any. */
  trace: Trace | undefined;

  // --- data -----------------------------------------------------------------------------------------------

  override write(values: tf.BackendValues | null, shape: number[], dtype: tf.DataType): tf.DataId {
    const id = {};
    this.move(id, values, shape, dtype, 1);
    return id;
  }

  override move(
    id: tf.DataId,
    values: tf.BackendValues | null,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    if (dtype === "string") {
      this.#entries.set(id, { strings: values as Uint8Array[], dtype, references });
      return;
    }
    const type = numeric(dtype);
    if (this.trace && values && values.length > 1) refuseFrozenRandomness(this.trace.name);
    const data = values ? convert(values as ArrayLike<number>, type) : allocate(type, sizeOf(shape));
    const familiar = this.trace !== undefined || isFamiliar(data);
    // `shared`: the array may be the caller's own, so nothing is ever written to it.
    const value = familiar ? constant(data, shape, type) : { ...leaf(data, shape, type), shared: true };
    this.#entries.set(id, { value, dtype, references });
  }

  /** Store a value under a new id with one reference. */
  store(value: Value): tf.DataId {
    if (!value.data && ++this.#pending > PENDING_LIMIT && !this.trace) this.flush();
    const id = {};
    this.#entries.set(id, { value, dtype: value.dtype, references: 1, order: ++this.#stored });
    return id;
  }

  storeComplex(real: tf.TensorInfo, imag: tf.TensorInfo): tf.DataId {
    const id = {};
    this.#entries.set(id, { complex: { real, imag }, dtype: "complex64", references: 1 });
    return id;
  }

  entry(id: tf.DataId): Entry {
    const entry = this.#entries.get(id);
    if (!entry)
      throw new GradbookError("engine", "expected a tensor that is still alive, got one that was disposed");
    return entry;
  }

  /** Does this backend hold the data as a graph value? */
  holds(id: tf.DataId): boolean {
    return this.#entries.get(id)?.value !== undefined;
  }

  /** The graph value of a tensor. */
  value(info: tf.TensorInfo): Value {
    const { value, dtype } = this.entry(info.dataId);
    if (!value) throw new GradbookError("engine", `expected a float32, int32 or bool tensor, got ${dtype}`);
    return value;
  }

  /** Make `id` stand for another value of the same type. */
  replace(id: tf.DataId, value: Value): void {
    this.entry(id).value = value;
  }

  // --- reading --------------------------------------------------------------------------------------------

  override readSync(id: tf.DataId): tf.BackendValues {
    const entry = this.entry(id);
    if (entry.strings) return entry.strings;
    if (entry.complex) {
      const { real, imag } = entry.complex;
      return tf.backend_util.mergeRealAndImagArrays(this.#read(real.dataId), this.#read(imag.dataId));
    }
    return this.#read(id);
  }

  /** Waits without holding up the event loop where a device computes. */
  override async read(id: tf.DataId): Promise<tf.BackendValues> {
    const { value } = this.entry(id);
    if (value) this.#compute(value);
    return isResident(value?.data) ? value.data.read() : this.readSync(id);
  }

  #compute(value: Value): void {
    if (value.data) return;
    if (this.trace) return this.#readInTrace(value);
    evaluate([value, ...this.#waiting()]);
    this.#pending = 0;
  }

  #read(id: tf.DataId): Float32Array {
    const value = this.entry(id).value!;
    this.#compute(value);
    // What is read from a device is a copy.
    if (!isResident(value.data)) value.shared = true;
    return numbersOf(value) as Float32Array;
  }

  /**
   * Called before a variable is assigned. A loop that trains without reading anything would record all its
   * steps into one graph; assigning a variable whose value is still pending is the sign that a step is over.
   * Then what was recorded up to the step's last assignment is computed, one program for each step.
   */
  beforeAssign(variable: tf.Variable): void {
    if (this.trace) return;
    const value = this.#entries.get(variable.dataId)?.value;
    if (value && !value.data) this.flush(this.#lastAssignment);
    this.#lastAssignment = this.#stored;
  }

  /** Compute everything that is recorded and still wanted, or what was recorded up to a certain value. */
  flush(until = Infinity): void {
    const wanted: Value[] = [];
    for (const { value, order = 0 } of this.#entries.values())
      if (value && !value.data && order <= until) wanted.push(value);
    evaluate(wanted);
    this.#pending = 0;
  }

  /**
   * What to compute along with a value that is read: the variables, because the next step needs them and
   * would otherwise repeat this one's work.
   */
  #waiting(): Value[] {
    const engine = tf.engine();
    const wanted: Value[] = [];
    for (const variable of Object.values(engine.state.registeredVariables)) {
      const value = this.#entries.get(variable.dataId)?.value;
      if (value && !value.data) wanted.push(value);
    }
    return wanted;
  }

  #readInTrace(value: Value): void {
    try {
      evaluate([value]);
    } catch (cause) {
      const type = `${value.dtype}[${value.shape}]`;
      throw new GradbookError(
        `compile ${this.trace!.name}`,
        `expected no tensor to be read while the function is traced, got dataSync(), data() or print() on ` +
          `${type}; return the tensor from the function and read it outside, or use tf.where instead of if`,
        { cause },
      );
    }
  }

  // --- ownership ------------------------------------------------------------------------------------------

  override refCount(id: tf.DataId): number {
    return this.#entries.get(id)?.references ?? 0;
  }

  override incRef(id: tf.DataId): void {
    this.entry(id).references++;
  }

  decRef(id: tf.DataId): void {
    const entry = this.#entries.get(id);
    if (entry) entry.references--;
  }

  override disposeData(id: tf.DataId, force = false): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return true;
    entry.references--;
    if (!force && entry.references > 0) return false;
    if (entry.complex) {
      this.disposeData(entry.complex.real.dataId);
      this.disposeData(entry.complex.imag.dataId);
    }
    this.#entries.delete(id);
    if (entry.value) release(entry.value);
    return true;
  }

  override numDataIds(): number {
    return this.#entries.size;
  }

  // --- facts ----------------------------------------------------------------------------------------------

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override async time(run: () => void): Promise<tf.BackendTimingInfo> {
    const start = performance.now();
    run();
    this.flush();
    return { kernelMs: performance.now() - start };
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override dispose(): void {
    this.#entries.clear();
  }
}

/** Free a value's memory on a device, unless somebody else may need it: then it goes with the garbage. */
export function release(value: Value): void {
  if (!value.shared && isResident(value.data)) value.data.dispose();
}

/** tfjs draws random numbers in JavaScript: inside a traced function they would be the same at each run. */
function refuseFrozenRandomness(name: string): void {
  const drawn =
    /\b(rand|randomUniform|randomNormal|randomStandardNormal|randomGamma|truncatedNormal)_?_?\b/.exec(
      new Error().stack ?? "",
    );
  if (drawn)
    fail(`compile ${name}`, {
      expected: "random numbers that differ from run to run",
      got: `tf.${drawn[1]}, which draws once, while the function is traced`,
      hint: "use dropout, randomUniform or randomNormal of gradbook/engine",
    });
}

function numeric(dtype: tf.DataType): Dtype {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new GradbookError("engine", `expected a float32, int32 or bool tensor, got ${dtype}`);
}

function convert(values: ArrayLike<number>, dtype: Dtype): Data {
  if (dtype === "float32") return values instanceof Float32Array ? values : Float32Array.from(values);
  if (dtype === "int32") return values instanceof Int32Array ? values : Int32Array.from(values);
  return values instanceof Uint8Array ? values : Uint8Array.from(values, Number);
}

/**
 * Scalars that formulas are made of become part of the program, so that it can be simplified; other numbers
 * (a learning rate that changes at each step) stay inputs, so that a new one does not mean a new program.
 */
function isFamiliar(data: Data): boolean {
  return data.length === 1 && [0, 1, -1, 2, 0.5].includes(data[0]);
}

/** The one instance; it outlives a reload of this module in a notebook, since tensors live in it. */
export const backend = singleton("backend", () => new GraphBackend());
