/**
 * The same work several times inside one program: micro-batches of a step, steps of an epoch.
 *
 * On XLA the body is traced once and becomes a loop on the device (`stablehlo.while`), so that one launch does all of it
 * and the program does not grow. Elsewhere the body is called again and again.
 *
 * What the body assigns to variables the next repetition reads. Left out: gradients through the loop.
 */
import { plan } from "./graph/plan.ts";
import { nextSerial, node, placeholder, type OutputType, type Value } from "./graph/value.ts";
import { loweringName } from "./lowering.ts";
import { backend, BACKEND_NAME } from "./record/backend.ts";
import { tensorInfo } from "./record/register.ts";
import { flatten, unflatten, type Structure } from "./structure.ts";
import { restore, standIn } from "./trace.ts";
import { tf } from "./tf.ts";

/**
 * Call `body` `count` times.
 *
 * @param items nested tensors `[count, …]`; each call gets one piece of each
 * @param rows nested tensors `[batch, count, …]`, cut along the second axis: a batch stays in front, where several devices
 *   share it
 * @param body returns nested tensors
 * @returns those of all calls, `[count, …]`
 */
export function scan<Items, Rows, Result>(
  count: number,
  items: Items,
  rows: Rows,
  body: (item: Items, row: Rows) => Result,
): Result {
  const isDevice = tf.getBackend() === BACKEND_NAME && loweringName() === "xla";
  const xs: tf.Tensor[] = [];
  const structure = flatten("scan", [items, rows], xs);
  const along: tf.Tensor[] = [];
  flatten("scan", items, along);
  const axes = xs.map((_, i) => (i < along.length ? 0 : 1));
  const call = (pieces: tf.Tensor[]): Result => {
    const [item, row] = unflatten(structure, pieces) as [Items, Rows];
    return body(item, row);
  };
  return backend.trace && isDevice ? loop(count, xs, axes, call) : repeat(count, xs, axes, call);
}

/** One call after the other. */
function repeat<Result>(
  count: number,
  xs: readonly tf.Tensor[],
  axes: readonly number[],
  call: (pieces: tf.Tensor[]) => Result,
): Result {
  let structure: Structure = { kind: "fixed", value: undefined };
  const results = Array.from({ length: count }, (_, i) => {
    const pieces = xs.map((x, k) => {
      const [begin, size] = [x.shape.map((__, axis) => (axis === axes[k] ? i : 0)), [...x.shape]];
      size[axes[k]] = 1;
      return tf.reshape(tf.slice(x, begin, size), without(x.shape, axes[k]));
    });
    const made: tf.Tensor[] = [];
    structure = flatten("scan", call(pieces), made);
    return made;
  });
  const stacked = results[0].map((_, k) => tf.stack(results.map((made) => made[k])));
  return unflatten(structure, stacked) as Result;
}

/** One node that repeats. */
function loop<Result>(
  count: number,
  xs: readonly tf.Tensor[],
  axes: readonly number[],
  call: (pieces: tf.Tensor[]) => Result,
): Result {
  const engine = tf.engine();
  const pieces = xs.map((x, k) => placeholder(without(x.shape, axes[k]), backend.value(x).dtype));
  const variables = Object.values(engine.state.registeredVariables);
  const standins = variables.filter(({ dataId }) => backend.holds(dataId)).map((variable) => standIn(variable, ownPending)); // prettier-ignore
  const since = nextSerial();
  let structure: Structure = { kind: "fixed", value: undefined };
  let results: Value[] = [];
  let assigned: { variable: tf.Variable; before: Value; after: Value; standin: Value }[] = [];
  engine.startScope("scan");
  try {
    const made: tf.Tensor[] = [];
    structure = flatten(
      "scan",
      call(pieces.map((value) => engine.makeTensorFromTensorInfo(tensorInfo(value)))),
      made,
    );
    results = made.map((tensor) => backend.value(tensor));
  } finally {
    assigned = standins.flatMap((one) => {
      const after = restore(one);
      return after ? [{ variable: one.variable, before: one.value, after, standin: one.standin }] : [];
    });
    engine.endScope();
  }
  const body = plan([...assigned.map(({ after }) => after), ...results], since);

  // What the body reads: the state that goes round, the pieces, and all that was there before.
  const carried = assigned.map(({ standin }) => standin);
  const before = new Map(standins.map(({ standin, value }) => [standin, value]));
  const captured: Value[] = [];
  const roles = body.inputs.map((input) => {
    if (carried.includes(input)) return carried.indexOf(input);
    if (pieces.includes(input)) return carried.length + pieces.indexOf(input);
    return carried.length + pieces.length + captured.push(before.get(input) ?? input) - 1;
  });
  const types = [
    ...assigned.map(({ before: { shape, dtype } }): OutputType => ({ shape, dtype })),
    ...results.map(({ shape, dtype }): OutputType => ({ shape: [count, ...shape], dtype })),
  ];
  const inputs = [...assigned.map((one) => one.before), ...xs.map((x) => backend.value(x)), ...captured];
  const attributes = { count, carried: carried.length, axes, roles, body: body.key };
  const outputs = node("loop", inputs, attributes, types, body);
  const tensorOf = (value: Value): tf.Tensor => engine.makeTensorFromTensorInfo(tensorInfo(value));
  assigned.forEach(({ variable }, i) => {
    const next = tensorOf(outputs[i]);
    variable.assign(next);
    next.dispose();
  });
  return unflatten(structure, outputs.slice(carried.length).map(tensorOf)) as Result;
}

const without = (shape: readonly number[], axis: number): number[] => shape.filter((_, i) => i !== axis);

/** A data id of the variable's own, for the same value, which may be pending. */
function ownPending(variable: tf.Variable): void {
  if (backend.refCount(variable.dataId) === 1) return;
  const tensor = tf.engine().makeTensorFromTensorInfo(tensorInfo(backend.value(variable)));
  variable.assign(tensor);
  tensor.dispose();
}
