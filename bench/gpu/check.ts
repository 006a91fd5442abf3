/**
 * Does a GPT learn the same on this device as on the processor? Prints losses of the same steps: ONNX Runtime, XLA in each
 * precision, attention composed and as one operation. `node check.ts`, with the plugin that XLA finds.
 */
import { setRandomState, useEngine, type EngineOptions } from "../../lib/engine/index.ts";
import { repeatableStep } from "../train-step/model.ts";

const MODEL = { vocabulary: 512, layers: 2, heads: 4, width: 256, batch: 8, time: 128 };
const STEPS = 12;

const WAYS: readonly [engine: string, options: EngineOptions][] = [
  ["onnx", {}],
  ["xla", { precision: "fp32" }],
  ["xla", { precision: "fp32", attention: "fused" }],
  ["xla", { precision: "tf32" }],
  ["xla", { precision: "bf16", attention: "composed" }],
  ["xla", { precision: "bf16", attention: "fused" }],
];

let first: number[] | undefined;
for (const [engine, options] of WAYS) {
  useEngine(engine, options);
  setRandomState(1);
  try {
    const step = repeatableStep(MODEL);
    const losses = Array.from({ length: STEPS }, step);
    first ??= losses;
    const apart = Math.max(...losses.map((loss, i) => Math.abs(loss - first![i])));
    const name = [engine, ...Object.values(options)].join(" ");
    console.log(`${name.padEnd(20)} loss ${losses[0].toFixed(5)} → ${losses.at(-1)!.toFixed(5)}, furthest from the first line ${apart.toExponential(1)}`); // prettier-ignore
  } catch (problem) {
    console.log(`${engine} ${JSON.stringify(options)}: ${(problem as Error).message}`);
  }
}
