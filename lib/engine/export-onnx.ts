/**
 * A function of tensors as an ONNX model, for browsers, phones and other runtimes.
 *
 * Only operators of the ONNX standard (operator set 20) are used. Variables and captured tensors become
 * numbers of the model. Left out: functions that assign variables or draw random numbers.
 */
import { fail } from "../core/errors.ts";
import { evaluate } from "./evaluate.ts";
import { plan } from "./graph/plan.ts";
import { numbersOf, type Value } from "./graph/value.ts";
import { lowerForExport } from "./onnx/lower-plan.ts";
import { backend } from "./record/backend.ts";
import { flatten } from "./structure.ts";
import type { tf } from "./tf.ts";
import { trace } from "./trace.ts";

export interface ExportOptions {
  /** Names of the tensors among the arguments; `input0`, … by default. */
  inputs?: readonly string[];
  /** Names of the returned tensors; `output0`, … by default. */
  outputs?: readonly string[];
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type TensorFunction = (...args: any[]) => any;

/**
 * The bytes of an ONNX model that computes `fn` for arguments of the shapes and dtypes of `args`.
 *
 * @example writeFileSync("gpt.onnx", exportOnnx((ids) => model.logits(ids), [tf.zeros([1, 64], "int32")]));
 * @throws GradbookError when the function assigns variables or draws random numbers
 */
export function exportOnnx(
  fn: TensorFunction,
  args: readonly unknown[],
  options: ExportOptions = {},
): Uint8Array {
  const name = fn.name || "function";
  const tensors: tf.Tensor[] = [];
  const traced = trace(name, fn, flatten(name, args, tensors), tensors);
  const planned = plan(traced.outputs);
  const stateful = traced.assigned.length > 0 || planned.inputs.includes(traced.seed);
  if (stateful)
    fail(`exportOnnx ${name}`, {
      expected: "a function that only computes",
      got: traced.assigned.length > 0 ? `one that assigns ${traced.assigned[0].variable.name}` : "one that draws random numbers", // prettier-ignore
    });
  // A plan lists its inputs by first use; whoever runs the model expects the function's own order.
  const rank = (value: Value): number => traced.inputs.indexOf(value);
  const ordered = [...planned.inputs].sort((a, b) => rank(a) - rank(b));
  return lowerForExport(
    { ...planned, inputs: ordered },
    {
      input(value) {
        const argument = traced.inputs.indexOf(value);
        if (argument >= 0) return options.inputs?.[argument] ?? `input${argument}`;
        const variable = traced.variables.get(value);
        const known = variable ? backend.value(variable) : value;
        evaluate([known]);
        return numbersOf(known);
      },
      output: (position) => options.outputs?.[position] ?? `output${position}`,
    },
  );
}
