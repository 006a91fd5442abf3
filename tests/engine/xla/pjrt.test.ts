/** The binding to XLA's plugins, on the CPU plugin of the peers' Python (`npm run bench:peers -- --for tests`). */
import { GradbookError } from "../../../lib/core/errors.ts";
import { peakFlops } from "../../../lib/engine/peak-flops.ts";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Client } from "../../../lib/engine/xla/pjrt/client.ts";
import { compileOptions } from "../../../lib/engine/xla/pjrt/compile-options.ts";
import { findPlugins } from "../../../lib/engine/xla/pjrt/discover.ts";
import { Plugin } from "../../../lib/engine/xla/pjrt/plugin.ts";

const [path] = findPlugins([fileURLToPath(new URL("../../../bench/.peers/venv", import.meta.url))]);
const pair = { shape: [2], dtype: "float32" } as const;
const add = (attribute = ""): string =>
  `module { func.func public @main(%a: tensor<2xf32>${attribute}, %b: tensor<2xf32>) -> tensor<2xf32> {
    %0 = stablehlo.add %a, %b : tensor<2xf32>
    return %0 : tensor<2xf32>
  } }`;
const signature = { inputs: [pair, pair], outputs: [pair] };

it("switches XNNPACK off on the CPU, where it makes donated weights stale", () => {
  expect(Buffer.from(compileOptions("tpu")).toString("hex")).toBe("1a0420012801");
  expect(Buffer.from(compileOptions("cuda")).toString()).toContain("xla_gpu_enable_triton_gemm");
  expect(Buffer.from(compileOptions("cpu")).toString()).toContain("xla_cpu_use_xnnpack");
});

it("says what a plugin for GPUs needs that finds none", () => {
  // What JAX's CUDA plugin 0.11.2 answers on a machine without a driver.
  const call = (): never => {
    throw new GradbookError("XLA", "No visible GPU devices.");
  };
  const plugin = { path: "/xla_cuda13/xla_cuda_plugin.so", call } as unknown as Plugin;
  expect(() => new Client(plugin)).toThrow(/expected a device for .*xla_cuda_plugin.so, got No visible GPU devices; nvidia-smi has to list a GPU.*--cuda13.*GRADBOOK_ENGINE=onnx/); // prettier-ignore
});

it("says what is wrong with a plugin that is none", () => {
  expect(() => new Plugin("/nowhere/plugin.so")).toThrow("XLA plugin: expected a plugin's shared library");
  expect(() => new Plugin(fileURLToPath(import.meta.url))).toThrow("exports GetPjrtApi");
});

describe.skipIf(!path)("the CPU plugin", () => {
  const client = path ? new Client(new Plugin(path)) : (undefined as unknown as Client);
  afterAll(() => client?.dispose());

  it("tells its platform and devices", () => {
    expect(client.platform).toBe("cpu");
    expect(client.devices().length).toBeGreaterThan(0);
  });

  it("knows what the device is, whose peak is in no table", () => {
    expect(client.kind()).toBe("cpu");
    expect(peakFlops(client.kind(), "bf16")).toBeUndefined();
  });

  it("compiles and runs text, and reads the result both ways", async () => {
    const program = client.compile(add(), signature);
    const [a, b] = [Float32Array.of(1, 2), Float32Array.of(10, 20)].map((data) => client.upload(data, pair));
    const [sum] = program.run([a, b]);
    expect(sum.readSync()).toEqual(Float32Array.of(11, 22));
    expect(await sum.read()).toEqual(Float32Array.of(11, 22));
    expect(a.readSync()).toEqual(Float32Array.of(1, 2));
    for (const owner of [a, b, sum, program]) owner.dispose();
  });

  it("gives donated memory to the result: a chain of sums, and the input is gone", () => {
    const program = client.compile(add(" {tf.aliasing_output = 0 : i32}"), signature);
    const first = client.upload(Float32Array.of(0, 1), pair);
    const step = client.upload(Float32Array.of(1, 1), pair);
    let state = first;
    for (let i = 0; i < 5; i++) {
      const [next] = program.run([state, step], { donated: [0] });
      state.dispose();
      state = next;
    }
    expect(state.readSync()).toEqual(Float32Array.of(5, 6));
    const [last] = program.run([state, step], { donated: [0] });
    expect(() => state.readSync()).toThrow("disposed or donated float32[2]");
    for (const owner of [state, step, last, program]) owner.dispose();
  });

  it("refuses wrong shapes and dtypes before the plugin sees them", () => {
    const program = client.compile(add(), signature);
    const integers = client.upload(Int32Array.of(1, 2), { shape: [2], dtype: "int32" });
    expect(() => program.run([integers, integers])).toThrow("expected (float32[2],float32[2]), got (int32[2],int32[2])"); // prettier-ignore
    expect(() => client.upload(Float32Array.of(1), pair)).toThrow(
      "expected float32[2], got Float32Array of 1",
    );
    for (const owner of [integers, program]) owner.dispose();
  });

  it("passes the compiler's own words on", () => {
    expect(() => client.compile("module { func.func @main() { nonsense } }", signature)).toThrow("XLA:");
  });
});
