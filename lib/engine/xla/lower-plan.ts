/** A plan as StableHLO text. */
import { fail } from "../../core/errors.ts";
import type { Plan } from "../graph/plan.ts";
import { numbersOf, type Value } from "../graph/value.ts";
import { rules } from "./lower/index.ts";
import type { Signature } from "./pjrt/client.ts";
import { list, number, type Rule } from "./lower/rule.ts";
import { elementOf, HloModule, integers, type Precision, type Term } from "./module.ts";

export interface Layout {
  successors?: readonly (number | undefined)[];
  signature?: Signature;
  devices?: number;
  precision?: Precision;
  hasCudnn?: boolean;
}

/**
 * The program's text.
 *
 * @param layout for each input the output that may take over its memory, if there is one; where arrays lie on several
 *   devices; what matrix products read
 * @throws GradbookError that names an operation without a lowering
 */
export function lowerToStableHlo(plan: Plan, layout: Layout = {}): string {
  const module = new HloModule(layout.precision, layout.hasCudnn);
  const inputs = plan.inputs.map((value, i) => ({
    name: `%i${i}`,
    shape: value.shape,
    element: elementOf(value.dtype),
  }));
  const outputs = emitPlan(module, plan, inputs);
  const { successors = [], signature, devices = 1 } = layout;
  const parameters = inputs.map((input, i) => ({ ...input, becomes: successors[i], sharded: signature?.inputs[i].sharded })); // prettier-ignore
  const results = plan.outputs.map((_value, i) => ({ ...outputs[i], sharded: signature?.outputs[i].sharded })); // prettier-ignore
  return module.text(parameters, results, devices);
}

/** The operations of a plan on the terms of its inputs; returns the terms of its outputs. */
function emitPlan(module: HloModule, plan: Plan, inputs: readonly Term[]): Term[] {
  const terms = new Map<number, Term>();
  const termOf = (value: Value): Term => terms.get(plan.numberOf(value))!;
  plan.inputs.forEach((value, i) => terms.set(plan.numberOf(value), inputs[i]));
  for (const value of plan.constants)
    terms.set(plan.numberOf(value), module.constant(numbersOf(value), value.shape, value.dtype));
  for (const node of plan.nodes) {
    const rule = node.body ? loop : rules[node.op];
    if (!rule) fail("XLA", { expected: "an operation that this engine lowers", got: node.op, hint: "use the ONNX engine" }); // prettier-ignore
    const made = [rule(module, node, node.inputs.map(termOf))].flat();
    node.outputs.forEach((value, i) => terms.set(plan.numberOf(value), made[i]));
  }
  return plan.outputs.map(termOf);
}

/** The state goes round with what is collected on the way; pieces are cut out where they are needed. */
const loop: Rule = (module, node, inputs) => {
  const { body, outputs } = node;
  const [carried, axes] = [number(node, "carried"), list(node, "axes")];
  const collected = outputs
    .slice(carried)
    .map(({ shape, dtype }) => module.splat(0, elementOf(dtype), shape));
  const at = (x: Term, axis: number, index: Term): Term[] =>
    x.shape.map((_, i) => (i === axis ? index : module.splat(0, "i32")));
  const state = [...inputs.slice(0, carried), ...collected, ...inputs.slice(carried)];
  const ended = module.repeat(number(node, "count"), state, (now, index) => {
    const fixed = now.slice(carried + collected.length);
    const pieces = fixed.slice(0, axes.length).map((x, i) => {
      const shape = x.shape.map((extent, axis) => (axis === axes[i] ? 1 : extent));
      const piece = module.op("dynamic_slice", [x, ...at(x, axes[i], index)], { shape }, `slice_sizes = ${integers(shape)}`); // prettier-ignore
      return module.reshape(piece, x.shape.filter((_, axis) => axis !== axes[i])); // prettier-ignore
    });
    const given = [...now.slice(0, carried), ...pieces, ...fixed.slice(axes.length)];
    const made = emitPlan(module, body!, list(node, "roles").map((role) => given[role])); // prettier-ignore
    const added = now.slice(carried, carried + collected.length).map((all, i) => {
      const one = module.reshape(made[carried + i], [1, ...made[carried + i].shape]);
      return module.op("dynamic_update_slice", [all, one, ...at(all, 0, index)]);
    });
    return [...made.slice(0, carried), ...added, ...fixed];
  });
  return ended.slice(0, outputs.length);
};
