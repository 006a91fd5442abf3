/**
 * Tracing: run a function once with placeholders and see what it computes.
 *
 * Every registered variable stands for a placeholder meanwhile, so that reading one makes it an input of the
 * program and assigning one makes its new value an output; afterwards each has its own value again.
 */
import { fail } from "../core/errors.ts";
import { evaluate } from "./evaluate.ts";
import { leaf, placeholder, type Value } from "./graph/value.ts";
import { backend, BACKEND_NAME } from "./record/backend.ts";
import { tensorInfo } from "./record/register.ts";
import { flatten, unflatten, type Structure } from "./structure.ts";
import { tf } from "./tf.ts";

/** What a function does, as a graph. */
export interface Traced {
  /** Placeholders of the tensors among the arguments. */
  readonly inputs: readonly Value[];
  /** Placeholders of all variables that existed; the program uses some of them. */
  readonly variables: ReadonlyMap<Value, tf.Variable>;
  readonly assigned: readonly { variable: tf.Variable; value: Value }[];
  readonly outputs: readonly Value[];
  /** Stands for the number that random streams start from. */
  readonly seed: Value;
  /** Where the outputs sit in what the function returns. */
  readonly structure: Structure;
}

/** A variable during tracing: its own value is kept alive by `held`. */
export interface Standin {
  readonly variable: tf.Variable;
  readonly held: tf.Tensor;
  readonly value: Value;
  readonly standin: Value;
}

/** Give a variable that shares its data id (with the tensor it was made from, say) one of its own. */
export function ownDataId(variable: tf.Variable): void {
  if (backend.refCount(variable.dataId) === 1) return;
  const value = backend.value(variable);
  evaluate([value]); // a copy that is still pending would be no output of the node it names
  value.shared = true;
  const copy: Value = { ...value, constant: false };
  const tensor = tf.engine().makeTensorFromTensorInfo(tensorInfo(copy));
  variable.assign(tensor);
  tensor.dispose();
}

/** @param own gives the variable a data id of its own */
export function standIn(variable: tf.Variable, own = ownDataId): Standin {
  own(variable);
  const value = backend.value(variable);
  const standin = placeholder(variable.shape, value.dtype);
  const held = tf.keep(variable.clone());
  backend.replace(variable.dataId, standin);
  return { variable, held, value, standin };
}

/** Put a variable's own value back; returns what the function assigned to it, if it did. */
export function restore({ variable, held, value, standin }: Standin): Value | undefined {
  const after = variable.isDisposed ? standin : backend.value(variable);
  if (!variable.isDisposed && variable.dataId !== held.dataId) variable.assign(held);
  backend.replace(held.dataId, value);
  held.dispose();
  return after === standin ? undefined : after;
}

/** Run `body` and collect the variables made meanwhile, with their initial values. */
function collectNewVariables(body: () => void): Map<tf.Variable, Value> {
  const engine = tf.engine();
  const made = new Map<tf.Variable, Value>();
  const makeVariable = engine.makeVariable;
  engine.makeVariable = function (...args) {
    const variable = makeVariable.apply(engine, args);
    made.set(variable, backend.value(variable));
    return variable;
  };
  try {
    body();
  } finally {
    engine.makeVariable = makeVariable;
  }
  return made;
}

type AnyFunction = (...args: unknown[]) => unknown;

function traceOnce(name: string, fn: AnyFunction, structure: Structure, tensors: tf.Tensor[]) {
  const engine = tf.engine();
  const inputs = tensors.map((tensor) => placeholder(tensor.shape, backend.value(tensor).dtype));
  const registered = Object.values(engine.state.registeredVariables);
  const standins = registered
    .filter((variable) => backend.holds(variable.dataId))
    .map((variable) => standIn(variable));
  const seed = placeholder([], "int32");
  let outputs: Value[] = [];
  let result: Structure = { kind: "fixed", value: undefined };
  let assigned: Traced["assigned"] = [];
  const created = (() => {
    engine.startScope(name);
    backend.trace = { name, seed, streams: 0 };
    try {
      return collectNewVariables(() => {
        const args = inputs.map((value) => engine.makeTensorFromTensorInfo(tensorInfo(value)));
        const returned: tf.Tensor[] = [];
        result = flatten(name, fn(...(unflatten(structure, args) as unknown[])), returned);
        outputs = returned.map((tensor) => backend.value(tensor));
      });
    } finally {
      // Still tracing: putting values back must not be taken for the end of a training step.
      assigned = standins.flatMap((standin) => {
        const value = restore(standin);
        return value ? [{ variable: standin.variable, value }] : [];
      });
      backend.trace = undefined;
      engine.endScope();
    }
  })();
  const variables = new Map(standins.map(({ standin, variable }) => [standin, variable]));
  return { traced: { inputs, variables, assigned, outputs, seed, structure: result }, created };
}

/** Variables made while tracing (an optimizer's moments) start over from their initial value. */
function initialize(name: string, created: ReadonlyMap<tf.Variable, Value>): void {
  try {
    evaluate([...created.values()]);
  } catch (cause) {
    fail(`compile ${name}`, {
      expected: "variables made inside to start from known numbers",
      got: "an initial value that depends on the arguments or on another variable",
      hint: "make the variable before calling the function",
      cause,
    });
  }
  for (const [variable, value] of created) {
    const { data, shape, dtype } = value;
    value.shared = true;
    ownDataId(variable);
    backend.replace(variable.dataId, { ...leaf(data!, shape, dtype), shared: true });
  }
}

/**
 * Trace `fn` for arguments of this structure. A function that makes variables on its first run (optimizers do)
 * is traced a second time, with them in place.
 */
export function trace(name: string, fn: AnyFunction, structure: Structure, tensors: tf.Tensor[]): Traced {
  if (tf.getBackend() !== BACKEND_NAME)
    fail(name, {
      expected: "an engine that records graphs",
      got: tf.getBackend(),
      hint: 'useEngine("onnx")',
    });
  const first = traceOnce(name, fn, structure, tensors);
  if (first.created.size === 0) return first.traced;
  initialize(name, first.created);
  const second = traceOnce(name, fn, structure, tensors);
  if (second.created.size > 0)
    fail(`compile ${name}`, {
      expected: "the function to make its variables once",
      got: `${second.created.size} new ones on its second run`,
      hint: "make them outside, or keep them between calls",
    });
  return second.traced;
}
