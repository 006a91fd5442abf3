/**
 * A plan as an XLA program behind the contract that ONNX Runtime's programs fulfil. Inputs are uploaded and
 * outputs read at each run: right, not yet fast, since state does not stay on the device.
 */
import type { Lowering } from "../graph/program.ts";
import { lowerToStableHlo } from "./lower-plan.ts";
import type { Client } from "./pjrt/client.ts";

/** How a client's device makes programs of plans. */
export const xlaLowering =
  (client: Client): Lowering =>
  (plan) => {
    const executable = client.compile(lowerToStableHlo(plan), { inputs: plan.inputs, outputs: plan.outputs });
    const types = plan.inputs.map(({ dtype, shape }) => ({ dtype, shape }));
    return {
      run(inputs, into = []) {
        const given = inputs.map((data, i) => client.upload(data, types[i]));
        const made = executable.run(given);
        try {
          return made.map((buffer, i) => {
            const data = buffer.readSync();
            into[i]?.set(data);
            return into[i] ?? data;
          });
        } finally {
          for (const buffer of [...given, ...made]) buffer.dispose();
        }
      },
      dispose: () => executable.dispose(),
    };
  };
