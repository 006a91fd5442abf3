/** tfjs-layers, written for tfjs's own backends, runs on the engine unchanged. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import tfjs from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { engineStats, tf } from "../../lib/engine/index.ts";

test("model.fit trains a convolutional network", async () => {
  const fallbacks = JSON.stringify(engineStats.fallbacks);
  const model = tfjs.sequential({
    layers: [
      tfjs.layers.conv2d({ inputShape: [6, 6, 1], filters: 4, kernelSize: 3, activation: "relu", kernelInitializer: tfjs.initializers.glorotUniform({ seed: 1 }) }), // prettier-ignore
      tfjs.layers.maxPooling2d({ poolSize: 2 }),
      tfjs.layers.flatten(),
      tfjs.layers.dense({ units: 2, activation: "softmax", kernelInitializer: tfjs.initializers.glorotUniform({ seed: 2 }) }), // prettier-ignore
    ],
  });
  model.compile({ optimizer: tfjs.train.adam(0.02), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  // Class 1 has a bright left half.
  const images = Array.from({ length: 32 }, (_, n) =>
    Array.from({ length: 36 }, (_, i) => (n % 2 === 1 && i % 6 < 3 ? 1 : 0) + 0.1 * Math.sin(n * 36 + i)),
  );
  const x = tfjs.tensor(images.flat(), [32, 6, 6, 1]);
  const y = tfjs.oneHot(tfjs.tensor1d(images.map((_, n) => n % 2), "int32"), 2); // prettier-ignore
  const { history } = await model.fit(x, y, { epochs: 20, batchSize: 16, shuffle: false });
  expect(history.acc.at(-1)).toBe(1);
  expect(tf.getBackend()).toBe("graph");
  expect(JSON.stringify(engineStats.fallbacks)).toBe(fallbacks);
});

test("a recurrent layer runs", () => {
  const model = tfjs.sequential({ layers: [tfjs.layers.lstm({ inputShape: [5, 3], units: 4 })] });
  expect((model.predict(tfjs.ones([2, 5, 3])) as tf.Tensor).shape).toEqual([2, 4]);
});

test("a script that knows only TensorFlow.js trains on the engine when it is imported beforehand", async () => {
  const [engine, script] = ["lib/engine/index.ts", "bench/tfjs-layers/digits.ts"].map(
    (path) => new URL(`../../${path}`, import.meta.url),
  );
  const flags = ["--import", engine.href, fileURLToPath(script), "20"];
  const env = { ...process.env, GRADBOOK_THREADS: "1" };
  const { stdout } = await promisify(execFile)(process.execPath, flags, { env });
  const { backend, accuracy } = JSON.parse(stdout) as { backend: string; accuracy: number };
  expect(backend).toBe("graph");
  expect(accuracy).toBeGreaterThan(0.95);
});
