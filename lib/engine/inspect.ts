/**
 * Looking into a function: where its time goes, and where a number stops being finite.
 *
 * Both trace the function anew and run a program of their own; variables keep their values.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bindInputs } from "./bind.ts";
import { plan, type Plan } from "./graph/plan.ts";
import { hostData, numbersOf, sizeOf, type Data, type Value } from "./graph/value.ts";
import { explainApart, type ExplainRow, type Explanation } from "./explain-apart.ts";
import { loweringName, lowerPlanToProgram } from "./lowering.ts";
import { onnxProgram } from "./onnx/program.ts";
import { flatten } from "./structure.ts";
import type { tf } from "./tf.ts";
import { trace } from "./trace.ts";

export type { Explanation, ExplainRow };

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type TensorFunction = (...args: any[]) => any;

interface Bound {
  planned: Plan;
  data: Data[];
}

/** Trace `fn` for these arguments, and bind their data; `outputs` chooses what the program returns. */
function bind(
  fn: TensorFunction,
  args: readonly unknown[],
  outputs: (planned: Plan) => readonly Value[],
): Bound {
  const name = fn.name || "function";
  const tensors: tf.Tensor[] = [];
  const traced = trace(name, fn, flatten(name, args, tensors), tensors);
  const whole = plan([...traced.assigned.map(({ value }) => value), ...traced.outputs]);
  const planned = plan(outputs(whole));
  return { planned, data: bindInputs(name, traced, planned, tensors).map(numbersOf) };
}

interface ProfileEvent {
  cat: string;
  name: string;
  dur: number;
  args?: { op_name?: string };
}

/**
 * Where the time of `fn(...args)` goes, by ONNX Runtime's own profiler, after one run to warm up. On XLA, which fuses
 * operations into one another, each row is what its operations take alone and `ms` what the whole program takes.
 *
 * @example console.table(explain(step, x, y, learningRate).rows)
 */
export function explain(fn: TensorFunction, ...args: unknown[]): Explanation {
  const { planned, data } = bind(fn, args, ({ outputs }) => outputs);
  if (loweringName() === "xla") return explainApart(planned, data);
  const folder = mkdtempSync(join(tmpdir(), "gradbook-profile-"));
  const runs = 3;
  try {
    const program = onnxProgram(planned, { profile: join(folder, "run") });
    for (let i = 0; i <= runs; i++) program.run(data);
    program.dispose();
    const [file] = readdirSync(folder);
    const events = JSON.parse(readFileSync(join(folder, file), "utf8")) as ProfileEvent[];
    const starts = events.flatMap(({ name }, i) => (name === "model_run" ? [i] : []));
    return summarize(events.slice(starts[0] + 1), planned.nodes.length, runs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function summarize(events: readonly ProfileEvent[], nodes: number, runs: number): Explanation {
  const byOp = new Map<string, { count: number; ms: number }>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== "Node" || !name.endsWith("_kernel_time")) continue;
    const op = args?.op_name ?? name;
    const row = byOp.get(op) ?? { count: 0, ms: 0 };
    byOp.set(op, { count: row.count + 1 / runs, ms: row.ms + dur / 1000 / runs });
  }
  const ms = [...byOp.values()].reduce((total, row) => total + row.ms, 0);
  const rows = [...byOp].map(([op, row]) => ({
    op,
    count: Math.round(row.count),
    ms: row.ms,
    share: row.ms / ms,
  }));
  return { nodes, ms, rows: rows.sort((a, b) => b.ms - a.ms) };
}

/** The first operation of a function whose result holds a NaN or an infinity. */
export interface NonFinite {
  op: string;
  shape: readonly number[];
  /** Its place in the program: `node` of `nodes`. */
  node: number;
  nodes: number;
  /** How many of its elements are not finite. */
  count: number;
  /** True when one of its inputs was not finite to begin with: an argument, a variable, a captured tensor. */
  fromInput: boolean;
}

/** Masks are made of −∞ on purpose. */
const isBroken = (data: Data): number => (data as Float32Array).reduce((n, x) => n + (Number.isNaN(x) || x === Infinity ? 1 : 0), 0); // prettier-ignore

/**
 * Find where `fn(...args)` first computes a NaN or +∞; undefined when it does not. Keeps every intermediate, so
 * it needs far more memory than the function itself: for looking at a failed step.
 */
export function locateNonFinite(fn: TensorFunction, ...args: unknown[]): NonFinite | undefined {
  const floats = ({ nodes }: Plan): Value[] =>
    nodes
      .flatMap(({ outputs }) => outputs)
      .filter(({ dtype, shape }) => dtype === "float32" && sizeOf(shape) > 0);
  const { planned, data } = bind(fn, args, floats);
  const program = lowerPlanToProgram(planned);
  const results = program.run(data).map(hostData);
  program.dispose();
  const found = planned.outputs.findIndex((_value, i) => isBroken(results[i]) > 0);
  if (found < 0) return undefined;
  const { producer, shape } = planned.outputs[found];
  const node = planned.nodes.indexOf(producer!);
  const fromInput = producer!.inputs.some((input) => {
    const position = planned.inputs.indexOf(input);
    return position >= 0 && isBroken(data[position]) > 0;
  });
  return {
    op: producer!.op,
    shape,
    node,
    nodes: planned.nodes.length,
    count: isBroken(results[found]),
    fromInput,
  };
}
