/** What feeds a traced program: which of its inputs are arguments, variables, the random seed, or captured. */
import { fail } from "../core/errors.ts";
import { evaluate } from "./evaluate.ts";
import type { Plan } from "./graph/plan.ts";
import type { Value } from "./graph/value.ts";
import { nextSeed } from "./random.ts";
import { backend } from "./record/backend.ts";
import type { Traced } from "./trace.ts";
import { tf } from "./tf.ts";

/**
 * Values with data for each of the plan's inputs, in their order.
 * @throws GradbookError when an argument or a variable was disposed
 */
export function bindInputs(
  name: string,
  traced: Traced,
  { inputs }: Plan,
  tensors: readonly tf.Tensor[],
): Value[] {
  const argument = new Map(traced.inputs.map((value, i) => [value, tensors[i]]));
  const sources = inputs.map((input) => {
    const tensor = argument.get(input) ?? traced.variables.get(input);
    if (tensor?.isDisposed)
      fail(`compile ${name}`, {
        expected: "arguments and variables that are alive",
        got: tensor instanceof tf.Variable ? `disposed variable ${tensor.name}` : "a disposed tensor",
      });
    if (input === traced.seed) return nextSeed();
    return tensor ? backend.value(tensor) : input;
  });
  evaluate(sources);
  return sources;
}
