/** Writing a few numbers of a variable, between two runs of a program. */
import { backend, BACKEND_NAME } from "./record/backend.ts";
import { tf } from "./tf.ts";

/**
 * Let `edit` write into the array of a variable's numbers. ONNX Runtime's is the memory that the variable
 * lives in, without a copy; others' is read, edited and assigned.
 */
export function editMemory(variable: tf.Variable, edit: (numbers: Float32Array) => void): void {
  const numbers = variable.dataSync() as Float32Array;
  edit(numbers);
  if (tf.getBackend() === BACKEND_NAME && backend.value(variable).data === numbers) return;
  const edited = tf.tensor(numbers, variable.shape);
  variable.assign(edited);
  edited.dispose();
}
