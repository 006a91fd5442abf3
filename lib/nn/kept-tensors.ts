/**
 * A model's tensors each in a variable of its own, copied from the flat buffers by `refresh`, zeros before: for programs that run once
 * for every token, where cutting the buffers each time takes a third of the time.
 */
import { compile, tf } from "../engine/index.ts";
import { flattenTensors } from "./parameter.ts";
import type { Parameters } from "./parameters.ts";
import { plainTensor } from "./quantized-variable.ts";

export class KeptTensors {
  /** By name. */
  readonly tensors: Readonly<Record<string, tf.Variable>>;
  private readonly copy: ReturnType<typeof compile<() => void>>;

  constructor(parameters: Parameters) {
    const entries = [...parameters.specs].map(([name, { shape }]): [string, tf.Variable] => [
      name,
      tf.tidy(() => tf.variable(tf.zeros([...shape]), false)),
    ]);
    this.tensors = Object.fromEntries(entries);
    this.copy = compile(
      () => {
        for (const [name, tensor] of flattenTensors(parameters.tensors()))
          this.tensors[name].assign(plainTensor(tensor));
      },
      { name: "unpack parameters" },
    );
  }

  /** Takes over what the parameters are now. */
  refresh(): void {
    this.copy();
  }

  dispose(): void {
    tf.dispose(Object.values(this.tensors));
    this.copy.dispose();
  }
}
