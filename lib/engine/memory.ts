/** Writing a few numbers of a variable in place, between two runs of a program. */
import type { tf } from "./tf.ts";

/**
 * The array that a variable lives in. What is written there is what the next run reads, without a program that copies the
 * rest. Ask for it again after the variable was assigned.
 */
export function memoryOf(variable: tf.Variable): Float32Array {
  return variable.dataSync() as Float32Array;
}
