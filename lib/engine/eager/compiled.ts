/**
 * What `compile` does on an engine that records nothing: call the function, inside tidy, with the checks of the
 * recording engine, and with the random numbers that it would have drawn.
 */
import { flatten } from "../structure.ts";
import { tf } from "../tf.ts";
import { withinRun } from "../random.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** Run `fn` once. The caller owns the tensors that it returns. */
export function callEagerly(name: string, fn: AnyFunction, args: unknown[]): unknown {
  flatten(name, args, []);
  return tf.tidy(() => {
    const result = withinRun(() => fn(...args));
    flatten(name, result, []);
    return result as tf.TensorContainer;
  });
}
