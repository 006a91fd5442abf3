/** State on the device: it stays there between runs, gives its memory to the next value, and nobody waits for it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "../../../lib/engine/graph/plan.ts";
import { isResident } from "../../../lib/engine/graph/value.ts";
import { compile, editMemory, setRandomState, tf, useEngine } from "../../../lib/engine/index.ts";
import { backend } from "../../../lib/engine/record/backend.ts";
import { trace } from "../../../lib/engine/trace.ts";
import { flatten } from "../../../lib/engine/structure.ts";
import type { DeviceBuffer } from "../../../lib/engine/xla/pjrt/buffer.ts";
import { Client } from "../../../lib/engine/xla/pjrt/client.ts";
import { lowerToStableHlo } from "../../../lib/engine/xla/lower-plan.ts";
import { Plugin } from "../../../lib/engine/xla/pjrt/plugin.ts";
import { GPT } from "../../../lib/models/index.ts";
import { AdamW } from "../../../lib/optim/index.ts";
import { trainStep } from "../../../lib/train/step.ts";
import { cpuPlugin, onXla } from "./plugin.ts";

const onDevice = (variable: tf.Variable): boolean => isResident(backend.value(variable).data);

describe.skipIf(!cpuPlugin)("state on the device", () => {
  onXla(beforeAll, afterAll);

  it("stays there, and is read without leaving", () => {
    const state = tf.variable(tf.ones([300]));
    const double = compile(() => state.assign(tf.mul(state, 2)));
    double();
    expect([onDevice(state), state.dataSync()[299]]).toEqual([true, 2]);
    double();
    expect([onDevice(state), state.dataSync()[299]]).toEqual([true, 4]);
  });

  it("is not taken from a clone or from a value that waits to be computed", () => {
    const state = tf.variable(tf.ones([300]));
    const double = compile(() => state.assign(tf.mul(state, 2)));
    double();
    const [clone, pending] = [state.clone(), tf.add(state, 0.25)];
    for (let i = 0; i < 3; i++) double();
    expect([clone, pending, state].map((tensor) => tensor.dataSync()[0])).toEqual([2, 2.25, 16]);
  });

  it("goes to ONNX Runtime and back", () => {
    const state = tf.variable(tf.ones([300]));
    const double = compile(() => state.assign(tf.mul(state, 2)));
    double();
    useEngine("onnx");
    double();
    expect([onDevice(state), state.dataSync()[0]]).toEqual([false, 4]);
    useEngine("xla");
    double();
    expect([onDevice(state), state.dataSync()[0]]).toEqual([true, 8]);
  });

  it("can be edited between two runs", () => {
    const state = tf.variable(tf.ones([300]));
    const double = compile(() => state.assign(tf.mul(state, 2)));
    double();
    editMemory(state, (numbers) => numbers.fill(5, 0, 1));
    double();
    expect([...state.dataSync().slice(0, 2)]).toEqual([10, 4]);
  });

  it("leaves the event loop free while it is computed", async () => {
    const x = tf.fill([900, 900], 1e-3);
    const f = compile((a: tf.Tensor) => {
      let product: tf.Tensor = a;
      for (let i = 0; i < 12; i++) product = tf.matMul(product, a);
      return product;
    });
    (await f(x).data()).slice();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const product = f(x);
    await product.data();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

/** Parameters and moments after training steps in which `next` decides what the next step starts from. */
describe.skipIf(!cpuPlugin)("a GPT's training step", () => {
  onXla(beforeAll, afterAll);

  it("gives the same losses with donated, kept and re-uploaded state", () => {
    setRandomState(1);
    const model = new GPT({ vocabSize: 11, contextLength: 8, layers: 2, heads: 2, width: 32 }, { seed: 1 });
    const optimizer = new AdamW(model.parameters.groups, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    const ids = (shift: number): tf.Tensor2D =>
      tf.tensor2d(Array.from({ length: 24 }, (_, i) => (i * 3 + shift) % 11), [3, 8], "int32"); // prettier-ignore
    const batch = { inputs: ids(0), targets: ids(3) };
    const rates = { learningRate: tf.scalar(1e-2) };
    const step = trainStep(model, optimizer, { weightDecay: 0.1, clipNorm: 1 });
    const args = [batch, rates];
    const tensors: tf.Tensor[] = [];
    const traced = trace("step", step as never, flatten("step", args, tensors), tensors);
    const planned = plan([...traced.assigned.map(({ value }) => value), ...traced.outputs]);
    const variables = planned.inputs.map((input) => traced.variables.get(input));
    const successors = variables.map((variable) => {
      const place = traced.assigned.findIndex((entry) => entry.variable === variable);
      return variable === undefined || place < 0 ? undefined : place;
    });
    const starts = planned.inputs.map((input, i) => {
      const argument = traced.inputs.indexOf(input);
      const tensor = argument >= 0 ? tensors[argument] : variables[i];
      return tensor ? tensor.dataSync() : input === traced.seed ? Int32Array.of(7) : (input.data as Float32Array); // prettier-ignore
    });

    const client = new Client(new Plugin(cpuPlugin!));
    const program = client.compile(lowerToStableHlo(planned, { successors }), planned);
    const passing = successors.flatMap((place, i) => (place === undefined ? [] : [i]));
    expect(passing.length).toBeGreaterThan(2);

    const losses = (way: "donated" | "kept" | "uploaded"): number[] => {
      let inputs = starts.map((data, i) => client.upload(data as Float32Array, planned.inputs[i]));
      return Array.from({ length: 8 }, () => {
        const outputs = program.run(inputs, way === "donated" ? { donated: passing } : { kept: passing });
        const [loss] = outputs[traced.assigned.length].readSync();
        inputs = inputs.map((before, i) => {
          const place = successors[i];
          if (place === undefined) return before;
          before.dispose();
          if (way !== "uploaded") return outputs[place];
          const copy: DeviceBuffer = client.upload(outputs[place].readSync(), outputs[place]);
          outputs[place].dispose();
          return copy;
        });
        return loss;
      });
    };
    const [donated, kept, uploaded] = (["donated", "kept", "uploaded"] as const).map(losses);
    expect(donated.at(-1)).toBeLessThan(donated[0] - 0.3);
    expect(donated).toEqual(kept);
    expect(donated).toEqual(uploaded);
    program.dispose();
  });
});
