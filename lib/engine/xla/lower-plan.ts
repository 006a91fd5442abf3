/** A plan as StableHLO text. */
import { fail } from "../../core/errors.ts";
import type { Plan } from "../graph/plan.ts";
import { numbersOf, type Value } from "../graph/value.ts";
import { rules } from "./lower/index.ts";
import { elementOf, HloModule, type Term } from "./module.ts";

/**
 * The program's text.
 *
 * @param successors for each input the output that may take over its memory, if there is one
 * @throws GradbookError that names an operation without a lowering
 */
export function lowerToStableHlo(plan: Plan, successors: readonly (number | undefined)[] = []): string {
  const module = new HloModule();
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
  const parameters = inputs.map((input, i) => ({ ...input, becomes: successors[i] }));
  return module.text(parameters, plan.outputs.map(termOf));
}
