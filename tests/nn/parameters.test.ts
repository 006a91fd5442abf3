import { describe, expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import { linearParameters, normParameters, Parameters } from "../../lib/nn/index.ts";

const tree = () => ({
  embed: linearParameters(2, 3),
  h: [normParameters(3, { norm: "layer" }), normParameters(3, { norm: "layer" })],
});

describe("parameters", () => {
  it("are named by their path", () => {
    const parameters = new Parameters(tree(), { seed: 1 });
    expect([...parameters.specs].map(([name, { shape }]) => `${name} [${shape}]`)).toEqual([
      "embed.weight [2,3]",
      "embed.bias [3]",
      "h.0.weight [3]",
      "h.0.bias [3]",
      "h.1.weight [3]",
      "h.1.bias [3]",
    ]);
    expect(parameters.count).toBe(6 + 3 + 12);
    parameters.dispose();
  });

  it("lie in two buffers: matrices that decay, and the rest", () => {
    const parameters = new Parameters(tree(), { seed: 1 });
    expect(parameters.groups.map(({ decay, variable }) => [decay, variable.size])).toEqual([
      [true, 6],
      [false, 15],
    ]);
    parameters.dispose();
  });

  it("fill the tree with tensors", () => {
    const parameters = new Parameters(tree(), { seed: 1 });
    const values = parameters.read();
    tf.tidy(() => {
      const { embed, h } = parameters.tensors();
      expect(embed.weight.shape).toEqual([2, 3]);
      expect(embed.weight.dataSync()).toEqual(values["embed.weight"]);
      expect([...h[1].weight.dataSync()]).toEqual([1, 1, 1]);
      expect([...h[1].bias!.dataSync()]).toEqual([0, 0, 0]);
    });
    parameters.dispose();
  });

  it("start as the seed says, with the deviation asked for", () => {
    const start = (seed: number): Float32Array => {
      const parameters = new Parameters({ table: linearParameters(100, 100, 0.02) }, { seed });
      const values = parameters.read();
      parameters.dispose();
      return values["table.weight"];
    };
    const values = start(1);
    expect(values).toEqual(start(1));
    expect(values).not.toEqual(start(2));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    expect(Math.abs(mean)).toBeLessThan(0.001);
    expect(deviation).toBeCloseTo(0.02, 3);
  });

  it("can be replaced as a whole", () => {
    const [one, two] = [new Parameters(tree(), { seed: 1 }), new Parameters(tree(), { seed: 2 })];
    one.write(two.read());
    expect(one.read()).toEqual(two.read());
    const three = new Parameters(tree(), { values: two.read() });
    expect(three.read()).toEqual(two.read());
    for (const parameters of [one, two, three]) parameters.dispose();
  });

  it("refuse values of another model, and stay as they were", () => {
    const parameters = new Parameters(tree(), { seed: 1 });
    const before = parameters.read();
    expect(() => parameters.write({ ...before, "h.1.bias": new Float32Array(4) })).toThrow(
      "parameters: expected 3 numbers for h.1.bias [3], got 4; the weights belong to a model of another shape",
    );
    const { "h.1.bias": _, ...missing } = before;
    expect(() => parameters.write(missing)).toThrow("expected 3 numbers for h.1.bias [3], got none");
    expect(() => parameters.write({ ...before, "h.1.gain": new Float32Array(3) })).toThrow(
      "expected only this model's parameters, got h.1.gain",
    );
    expect(parameters.read()).toEqual(before);
    parameters.dispose();
  });
});
