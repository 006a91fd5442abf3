/**
 * A plan as an XLA program behind the contract that ONNX Runtime's programs fulfil. Results stay on the device and may
 * still be under way; a variable's last value gives its memory to the next one.
 */
import type { Lowering } from "../graph/program.ts";
import { isResident, type Known, type OutputType } from "../graph/value.ts";
import { compileCached } from "./executable-cache.ts";
import { lowerToStableHlo } from "./lower-plan.ts";
import { DeviceBuffer, type Client } from "./pjrt/client.ts";

/** How a client's device makes programs of plans. */
export const xlaLowering =
  (client: Client): Lowering =>
  (plan, successors = []) => {
    const signature = { inputs: plan.inputs, outputs: plan.outputs };
    const { executable } = compileCached(client, lowerToStableHlo(plan, successors), signature);
    const types = plan.inputs.map(({ dtype, shape }): OutputType => ({ dtype, shape }));
    const passing = successors.flatMap((output, input) => (output === undefined ? [] : [input]));

    /** The device's array; one of another client goes through this process. */
    function place(data: Known, type: OutputType): DeviceBuffer {
      if (data instanceof DeviceBuffer && data.client === client) return data;
      return client.upload(isResident(data) ? data.readSync() : data, type);
    }

    // Memory that does not suffice shows in the first run: until it has gone well, state is left alone.
    let isProven = false;

    return {
      place,
      run(inputs, _into, spent = []) {
        const given = inputs.map((data, i) => place(data, types[i]));
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
      dispose: () => executable.dispose(),
    };
  };
