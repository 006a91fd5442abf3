/** A plan as StableHLO text. Left out: gradients of convolution by its input, averages of windows, einsum, top-k. */
import { fail } from "../../core/errors.ts";
import type { Plan } from "../graph/plan.ts";
import type { Value } from "../graph/value.ts";
import { convolutionRules } from "./lower/convolution.ts";
import { elementwiseRules } from "./lower/elementwise.ts";
import { indexingRules } from "./lower/indexing.ts";
import { layoutRules } from "./lower/layout.ts";
import { linearRules } from "./lower/linear.ts";
import { randomRules } from "./lower/random.ts";
import { reduceRules } from "./lower/reduce.ts";
import type { Rules } from "./lower/rule.ts";
import { updateRules } from "./lower/update.ts";
import { elementOf, HloModule, type Term } from "./module.ts";

const rules: Rules = {
  ...elementwiseRules,
  ...layoutRules,
  ...linearRules,
  ...convolutionRules,
  ...reduceRules,
  ...indexingRules,
  ...randomRules,
  ...updateRules,
};

/** The program's text. @throws GradbookError that names an operation without a lowering */
export function lowerToStableHlo(plan: Plan): string {
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
    terms.set(plan.numberOf(value), module.constant(value.data!, value.shape, value.dtype));
  for (const node of plan.nodes) {
    const rule = rules[node.op];
    if (!rule) fail("XLA", { expected: "an operation that this engine lowers", got: node.op, hint: "use the ONNX engine" }); // prettier-ignore
    const made = [rule(module, node, node.inputs.map(termOf))].flat();
    node.outputs.forEach((value, i) => terms.set(plan.numberOf(value), made[i]));
  }
  return module.text(inputs, plan.outputs.map(termOf));
}
