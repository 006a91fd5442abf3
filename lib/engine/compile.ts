/**
 * compile(fn): trace a function of tensors once, then run it as one native program.
 *
 * Tracing runs `fn` with placeholders for its arguments and for every tf.Variable; the tape records gradients
 * into the same graph, so a whole training step, optimizer included, becomes one program. Variables that the
 * function reads become inputs, those it assigns become outputs, kept in native buffers: the memory a
 * variable leaves behind is what its next value is written to.
 *
 * Left out: values that decide control flow (read them outside), shapes that depend on data.
 */
import { bindInputs } from "./bind.ts";
import { callEagerly } from "./eager/compiled.ts";
import { placed } from "./evaluate.ts";
import { plan, type Plan } from "./graph/plan.ts";
import type { Program } from "./graph/program.ts";
import { isResident, leaf, type Data, type Value } from "./graph/value.ts";
import { loweringKey, lowerPlanToProgram } from "./lowering.ts";
import { backend, BACKEND_NAME, release } from "./record/backend.ts";
import { tensorInfo } from "./record/register.ts";
import { singleton } from "./singleton.ts";
import { engineStats } from "./stats.ts";
import { flatten, structureKey, unflatten, type Structure } from "./structure.ts";
import { tf } from "./tf.ts";
import { trace, type Traced } from "./trace.ts";

/** A compiled function: called like the original; `dispose` frees its native programs. */
export type Compiled<F> = F & {
  /** How many programs it has: one for each combination of argument shapes and dtypes. */
  readonly traces: number;
  /**
   * Bytes that a run needs besides its inputs and outputs, the largest of all programs'; undefined where the engine does not
   * plan them, as ONNX Runtime.
   */
  readonly temporaryBytes: number | undefined;
  dispose(): void;
};

// Parameters of the caller's own types: any function of tensors fits.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type TensorFunction = (...args: any[]) => any;

/** One program of a compiled function. */
interface Specialization {
  readonly traced: Traced;
  readonly planned: Plan;
  readonly successors: readonly (number | undefined)[];
  readonly program: Program;
}

/** Memory a variable used before its present buffer; its next value is written there. */
const spares = singleton("spares", () => new WeakMap<tf.Variable, Data>());

/**
 * Compile `fn`, a function of tensors (or of plain objects and arrays of tensors) that returns the same.
 *
 * Strings, booleans and null among the arguments select a program of their own; numbers are refused, since
 * each would mean a new program: pass `tf.scalar(x)`. Anything the function computes in JavaScript is computed
 * once, at tracing. The caller owns the returned tensors. Inside another compiled function it is inlined.
 *
 * @example
 * const step = compile((x: tf.Tensor, y: tf.Tensor) => {
 *   const { value, grads } = tf.variableGrads(() => loss(x, y));
 *   weight.assign(weight.sub(grads.weight.mul(0.1)));
 *   return value;
 * });
 * const value = step(x, y); // traced now, for these shapes
 * @throws GradbookError when the function reads a tensor's data, or gets arguments that are no tensors
 */
export function compile<F extends TensorFunction>(fn: F, { name = fn.name || "function" } = {}): Compiled<F> {
  const specializations = new Map<string, Specialization>();

  const run = (...args: unknown[]): unknown => {
    if (backend.trace) return fn(...args);
    if (tf.getBackend() !== BACKEND_NAME) return callEagerly(name, fn, args);
    const tensors: tf.Tensor[] = [];
    const structure = flatten(name, args, tensors);
    const key = `${loweringKey()} ${structureKey(structure)}${tensors.map(({ dtype, shape }) => `${dtype}[${shape}]`)}`;
    let made = specializations.get(key);
    if (!made) {
      made = specialize(name, fn, structure, tensors);
      specializations.set(key, made);
    }
    return unflatten(made.traced.structure, execute(name, made, tensors));
  };

  const dispose = (): void => {
    for (const { program } of specializations.values()) program.dispose();
    specializations.clear();
  };
  return Object.defineProperties(run, {
    name: { value: name },
    traces: { get: () => specializations.size },
    temporaryBytes: {
      get() {
        const known = [...specializations.values()].map(({ program }) => program.temporaryBytes?.() ?? -1);
        const most = Math.max(-1, ...known);
        return most < 0 ? undefined : most;
      },
    },
    dispose: { value: dispose },
  }) as unknown as Compiled<F>;
}

function specialize(
  name: string,
  fn: TensorFunction,
  structure: Structure,
  tensors: tf.Tensor[],
): Specialization {
  const traced = trace(name, fn, structure, tensors);
  const planned = plan([...traced.assigned.map(({ value }) => value), ...traced.outputs]);
  const start = performance.now();
  const successors = successorsOf(traced, planned);
  const program = lowerPlanToProgram(planned, {
    successors,
    isArgument: planned.inputs.map((input) => traced.inputs.includes(input)),
  });
  engineStats.compileMs += performance.now() - start;
  engineStats.sessions++;
  engineStats.traces++;
  return { traced, planned, successors, program };
}

/** For each input that is a variable the function assigns, the output that is its next value. */
function successorsOf({ variables, assigned }: Traced, { inputs }: Plan): (number | undefined)[] {
  const places = new Map(assigned.map(({ variable }, i) => [variable, i]));
  return inputs.map((input) => places.get(variables.get(input)!));
}

/** Run the program on the arguments' and variables' data; assign the variables; return the outputs. */
function execute(
  name: string,
  { traced, planned, successors, program }: Specialization,
  tensors: tf.Tensor[],
): tf.Tensor[] {
  const sources = bindInputs(name, traced, planned, tensors);
  const into = traced.assigned.map(({ variable }) => spares.get(variable));
  for (const { variable } of traced.assigned) spares.delete(variable);
  // A variable's last value is nobody's but the program's, unless another tensor or a reader holds it too.
  const passing = successors.map((place) => place !== undefined && isAlone(traced.assigned[place].variable));
  const spent = passing.map((passes, i) => passes && isResident(sources[i].data) && !sources[i].shared);
  const results = program.run(placed(program, sources, passing), into, spent);
  engineStats.runs++;
  engineStats.nodes = planned.nodes.length;
  traced.assigned.forEach(({ variable, value }, i) =>
    assign(variable, leaf(results[i], value.shape, value.dtype)),
  );
  const first = traced.assigned.length;
  return traced.outputs.map(({ shape, dtype }, i) => tensorOf(leaf(results[first + i], shape, dtype)));
}

/** Give a variable its next value; keep the memory of the last one unless somebody else may look at it. */
function assign(variable: tf.Variable, next: Value): void {
  if (!isAlone(variable)) {
    const tensor = tensorOf(next);
    variable.assign(tensor);
    tensor.dispose();
    return;
  }
  const last = backend.value(variable);
  backend.replace(variable.dataId, next);
  if (isResident(last.data)) release(last);
  else if (!last.shared && last.data) spares.set(variable, last.data);
}

/** Is the variable's data in no other tensor? */
const isAlone = (variable: tf.Variable): boolean => backend.refCount(variable.dataId) === 1;

const tensorOf = (value: Value): tf.Tensor => tf.engine().makeTensorFromTensorInfo(tensorInfo(value));
