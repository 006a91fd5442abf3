/** Compiled programs on disk: found again, and nothing but what was written is ever loaded. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compileCached } from "../../../lib/engine/xla/executable-cache.ts";
import { Client } from "../../../lib/engine/xla/pjrt/client.ts";
import { Plugin } from "../../../lib/engine/xla/pjrt/plugin.ts";
import { cpuPlugin } from "./plugin.ts";

const pair = { shape: [2], dtype: "float32" } as const;
const text = (op: string): string =>
  `module { func.func public @main(%a: tensor<2xf32> {tf.aliasing_output = 0 : i32}) -> tensor<2xf32> {
    %0 = stablehlo.${op} %a, %a : tensor<2xf32>
    return %0 : tensor<2xf32>
  } }`;
const signature = { inputs: [pair], outputs: [pair] };

describe.skipIf(!cpuPlugin)("the cache of programs", () => {
  const client = cpuPlugin ? new Client(new Plugin(cpuPlugin)) : (undefined as unknown as Client);
  afterAll(() => client?.dispose());
  const newFolder = (): string => mkdtempSync(join(tmpdir(), "gradbook-xla-"));

  /** Compile and run a chain of three; was it cached, and what came out? */
  function run(folder: string, op = "add", release = client.platformVersion) {
    const { executable, cached } = compileCached(client, text(op), signature, {
      folder,
      worthMs: 0,
      release,
    });
    let state = client.upload(Float32Array.of(1, 3), pair);
    for (let i = 0; i < 3; i++) {
      const [next] = executable.run([state], { donated: [0] });
      state.dispose();
      state = next;
    }
    const numbers = [...state.readSync()];
    executable.dispose();
    return { cached, numbers };
  }

  it("finds a program again, donation included", () => {
    const folder = newFolder();
    expect(run(folder)).toEqual({ cached: false, numbers: [8, 24] });
    expect(run(folder)).toEqual({ cached: true, numbers: [8, 24] });
    expect(run(folder, "multiply")).toEqual({ cached: false, numbers: [1, 6561] });
  });

  it("compiles again when a file is damaged, and mends it", () => {
    const folder = newFolder();
    run(folder);
    const path = join(folder, readdirSync(folder)[0]);
    for (const damage of [
      (bytes: Buffer) => (bytes[bytes.length >> 1] ^= 1),
      (bytes: Buffer) => bytes.fill(0, 0, 40),
    ]) {
      const bytes = readFileSync(path);
      damage(bytes);
      writeFileSync(path, bytes);
      expect(run(folder)).toEqual({ cached: false, numbers: [8, 24] });
      expect(run(folder).cached).toBe(true);
    }
    writeFileSync(path, readFileSync(path).subarray(0, 50));
    expect(run(folder)).toEqual({ cached: false, numbers: [8, 24] });
  });

  it("does not find what another version of the plugin wrote", () => {
    const folder = newFolder();
    run(folder);
    expect(run(folder, "add", "another release").cached).toBe(false);
    expect(run(folder).cached).toBe(true);
  });

  it("does without a folder that cannot be written", () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    expect(run(join(file, "below"))).toEqual({ cached: false, numbers: [8, 24] });
  });
});
