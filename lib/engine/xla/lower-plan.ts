/** A plan as StableHLO text. */
import { fail } from "../../core/errors.ts";
import type { Plan } from "../graph/plan.ts";
import { numbersOf, type Value } from "../graph/value.ts";
import { rules } from "./lower/index.ts";
import type { Signature } from "./pjrt/client.ts";
import { elementOf, HloModule, type Precision, type Term } from "./module.ts";

export interface Layout {
  successors?: readonly (number | undefined)[];
  signature?: Signature;
  devices?: number;
  precision?: Precision;
}

/**
 * The program's text.
 *
 * @param layout for each input the output that may take over its memory, if there is one; where arrays lie on several
 *   devices; what matrix products read
 * @throws GradbookError that names an operation without a lowering
 */
export function lowerToStableHlo(plan: Plan, layout: Layout = {}): string {
  const module = new HloModule(layout.precision);
  const terms = new Map<number, Term>();
  const termOf = (value: Value): Term => terms.get(plan.numberOf(value))!;
  const inputs = plan.inputs.map((value, i) => ({
    name: `%i${i}`,
    shape: value.shape,
    element: elementOf(value.dtype),
  }));
  plan.inputs.forEach((value, i) => terms.set(plan.numberOf(value), inputs[i]));
  for (const value of plan.constants)
    terms.set(plan.numberOf(value), module.constant(numbersOf(value), value.shape, value.dtype));
  for (const node of plan.nodes) {
    const rule = rules[node.op];
    if (!rule) fail("XLA", { expected: "an operation that this engine lowers", got: node.op, hint: "use the ONNX engine" }); // prettier-ignore
    const made = [rule(module, node, node.inputs.map(termOf))].flat();
    node.outputs.forEach((value, i) => terms.set(plan.numberOf(value), made[i]));
  }
  const { successors = [], signature, devices = 1 } = layout;
  const parameters = inputs.map((input, i) => ({ ...input, becomes: successors[i], sharded: signature?.inputs[i].sharded })); // prettier-ignore
  const results = plan.outputs.map((value, i) => ({ ...termOf(value), sharded: signature?.outputs[i].sharded })); // prettier-ignore
  return module.text(parameters, results, devices);
}
