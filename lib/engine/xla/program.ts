/**
 * A plan as an XLA program behind the contract that ONNX Runtime's programs fulfil. Results stay on the device and may
 * still be under way; a variable's last value gives its memory to the next one.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lowering } from "../graph/program.ts";
import { isResident, type Known } from "../graph/value.ts";
import { peakFlops } from "../peak-flops.ts";
import { compileCached } from "./executable-cache.ts";
import { lowerToStableHlo } from "./lower-plan.ts";
import { cutsBatch, cutsState, type Mesh } from "./mesh.ts";
import { DeviceBuffer, type PlacedType } from "./pjrt/buffer.ts";
import type { Precision } from "./module.ts";
import type { Client } from "./pjrt/client.ts";

/** What `useEngine("xla", …)` takes. */
export interface XlaOptions {
  /** Share each batch among several devices of this process. */
  mesh?: Mesh;
  /** `"bf16"`: what matrix products read is rounded, and may be what they give; sums, weights, moments, norms and the loss are not. */
  precision?: Precision;
  /**
   * `"fused"`: attention is one operation, which keeps no probabilities but computes them again for the gradient; cuDNN's on
   * an NVIDIA GPU with bf16, where it is the default. With dropout, a mask, ALiBi or a window it is composed all the same.
   */
  attention?: "fused" | "composed";
}

/** `GRADBOOK_XLA_TEXT` names a folder for the StableHLO of every program: to look at, and to run elsewhere. */
function keepText(text: string): void {
  const folder = process.env.GRADBOOK_XLA_TEXT;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const name = createHash("sha256").update(text).digest("hex").slice(0, 16);
  writeFileSync(join(folder, `${name}.mlir`), text);
}

/** How a client's devices make programs of plans. */
export const xlaLowering = (
  client: Client,
  { mesh = { data: 1 }, precision, attention }: XlaOptions = {},
): Lowering => {
  const hasCudnn = client.platform === "cuda" && precision === "bf16";
  const lower: Lowering = (plan, { successors = [], isArgument = [] } = {}) => {
    const types = plan.inputs.map(({ dtype, shape }, i): PlacedType => {
      const sharded = isArgument[i] ? cutsBatch(mesh, shape) : cutsState(mesh, shape);
      return { dtype, shape, sharded };
    });
    // A variable's next value lies where its last one did.
    const outputs = plan.outputs.map(({ dtype, shape }, i): PlacedType => {
      const sharded = successors.includes(i) && cutsState(mesh, shape);
      return { dtype, shape, sharded };
    });
    const signature = { inputs: types, outputs };
    const text = lowerToStableHlo(plan, { successors, signature, devices: mesh.data, precision, hasCudnn });
    keepText(text);
    const { executable } = compileCached(client, text, signature);
    const passing = successors.flatMap((output, input) => (output === undefined ? [] : [input]));

    /** The devices' array; one that lies elsewhere goes through this process. */
    function place(data: Known, input: number): DeviceBuffer {
      const type = types[input];
      const isThere = data instanceof DeviceBuffer && data.client === client && data.sharded === type.sharded;
      return isThere ? data : client.upload(isResident(data) ? data.readSync() : data, type);
    }

    // Memory that does not suffice shows in the first run: until it has gone well, state is left alone.
    let isProven = false;

    return {
      place,
      run(inputs, _into, spent = []) {
        const given = inputs.map((data, i) => place(data, i));
        const own = given.filter((buffer, i) => buffer !== inputs[i]);
        const isKept = (place: number): boolean =>
          !isProven || (given[place] === inputs[place] && !spent[place]);
        const kept = passing.filter(isKept);
        const donated = passing.filter((place) => !isKept(place));
        try {
          const results = executable.run(given, { kept, donated, wait: !isProven });
          isProven = true;
          return results;
        } finally {
          for (const buffer of own) buffer.dispose();
        }
      },
      temporaryBytes: () => executable.temporaryBytes(),
      dispose: () => executable.dispose(),
    };
  };
  lower.fusesAttention = attention ? attention === "fused" : hasCudnn;
  lower.devices = () => ({
    platform: client.platform,
    kind: client.kind(),
    peak: peakFlops(client.kind(), precision ?? "fp32"),
    names: client.devices().slice(0, mesh.data),
    memory: client.memory(),
  });
  return lower;
};
