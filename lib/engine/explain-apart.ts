/**
 * Where a program's time goes when its compiler does not say: each kind of operation is compiled and timed alone, with
 * zeros for inputs, once for all nodes with the same shapes.
 */
import { plan, type Plan } from "./graph/plan.ts";
import { allocate, isResident, leaf, node, sizeOf, type Data, type Known, type Node } from "./graph/value.ts"; // prettier-ignore
import { lowerPlanToProgram } from "./lowering.ts";

/** One line of an explanation: an operation of ONNX Runtime, or of the graph on XLA, how often it runs, and its time. */
export interface ExplainRow {
  op: string;
  count: number;
  /** Milliseconds of one run. */
  ms: number;
  /** Share of the whole, between 0 and 1. */
  share: number;
}

/** A function's program: its size, and its operations by the time they take, longest first. */
export interface Explanation {
  nodes: number;
  ms: number;
  rows: ExplainRow[];
}

const RUNS = 3;

/** Milliseconds of one run, after one to warm up; reading the first result waits for all. */
function timeOf(planned: Plan, inputs: readonly Known[]): number {
  const program = lowerPlanToProgram(planned);
  const resident = inputs.map((data, i) => program.place?.(data, i) ?? data);
  const run = (): void => {
    const results = program.run(resident);
    if (isResident(results[0])) results[0].readSync();
    for (const result of results) if (isResident(result)) result.dispose();
  };
  run();
  const start = performance.now();
  for (let i = 0; i < RUNS; i++) run();
  const ms = (performance.now() - start) / RUNS;
  for (const data of resident) if (isResident(data)) data.dispose();
  program.dispose();
  return ms;
}

/** The node by itself. */
function alone({ op, inputs, attributes, outputs, body }: Node): Plan {
  const leaves = inputs.map((input) =>
    input.constant ? input : leaf(allocate(input.dtype, sizeOf(input.shape)), input.shape, input.dtype),
  );
  return plan(node(op, leaves, attributes, outputs, body));
}

/** Time the whole plan on `data`, and its operations one by one, longest first. */
export function explainApart(planned: Plan, data: readonly Data[]): Explanation {
  const times = new Map<string, number>();
  const byOp = new Map<string, { count: number; ms: number }>();
  for (const each of planned.nodes) {
    const apart = alone(each);
    let ms = times.get(apart.key);
    if (ms === undefined) times.set(apart.key, (ms = timeOf(apart, apart.inputs.map((input) => input.data!)))); // prettier-ignore
    const row = byOp.get(each.op) ?? { count: 0, ms: 0 };
    byOp.set(each.op, { count: row.count + 1, ms: row.ms + ms });
  }
  const total = [...byOp.values()].reduce((sum, { ms }) => sum + ms, 0);
  const rows = [...byOp].map(([op, row]) => ({ op, ...row, share: row.ms / total }));
  return {
    nodes: planned.nodes.length,
    ms: timeOf(planned, data),
    rows: rows.sort((a, b) => b.ms - a.ms),
  };
}
